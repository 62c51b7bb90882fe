package dev.pointsman.core.server;

import dev.pointsman.core.wire.FrameScanner;
import dev.pointsman.core.wire.FrameSelection;
import dev.pointsman.core.wire.Protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;

/// One direction of a conversation: buffers go in, each message is passed or dropped, and what is
/// passed goes out in the buffers it came in.
///
/// [#next] names the next message that nobody has decided on; [#pass] and [#drop] decide. A message
/// is decided at its header (and as much of its body as the selection keeps); the rest follows as
/// it comes, so that no message has to fit into memory. Whoever cannot decide yet leaves it: the
/// bytes stay here, and [#next] names the same message again. A run of passed messages is written
/// as one buffer. Nothing is flushed here. Confined to one event loop.
public final class FrameRelay {
    /// Is shown what goes by of a message beyond the part that is kept.
    public interface Tail {
        void passing(ByteBuf bytes, int from, int to);
    }

    private final FrameScanner scanner;
    private final ByteBufAllocator allocator;
    private final ArrayDeque<ByteBuf> queue = new ArrayDeque<>(4);

    private @Nullable Channel sink;
    private @Nullable ByteBuf current;
    private @Nullable Tail tail; // of the message that was passed last
    private @Nullable ByteBuf head; // the first bytes of an undecided message, from earlier buffers
    private int runStart;
    private boolean passing;
    private int frame = FrameScanner.NONE;
    private long waiting;
    private long written;

    /// The selection has to report every type.
    public FrameRelay(FrameSelection selection, ByteBufAllocator allocator) {
        this.scanner = new FrameScanner(selection.withAllHeaders());
        this.allocator = allocator;
    }

    /// Where passed bytes are written from now on; bytes decided before are written to the sink
    /// before.
    public void to(Channel newSink) {
        cut();
        sink = newSink;
    }

    /// Passed bytes go nowhere from now on.
    public void toNowhere() {
        cut();
        sink = null;
    }

    /// Takes a buffer over.
    public void add(ByteBuf buffer) {
        if (!buffer.isReadable()) {
            buffer.release();
            return;
        }
        waiting += buffer.readableBytes();
        queue.add(buffer);
    }

    /// The type of the first message that is not decided, or [FrameScanner#NONE] when there is none
    /// or not enough of it; then everything decided has been written.
    ///
    /// @throws dev.pointsman.core.wire.ProtocolViolation when the bytes are not the protocol
    public int next() {
        while (frame == FrameScanner.NONE) {
            if (current == null && !take()) {
                return FrameScanner.NONE;
            }
            frame = scanner.next();
            if (frame == FrameScanner.NONE) {
                finish();
            }
        }
        return frame;
    }

    /// The scanner, positioned at the message that [#next] named.
    public FrameScanner message() {
        return scanner;
    }

    public void pass() {
        decide(true);
    }

    /// Passes the message, and shows what is not kept of it as it comes.
    public void pass(Tail watching) {
        ByteBuf buffer = current;
        decide(true);
        tail = watching;
        if (buffer != null) {
            int from = scanner.frameStart() + Protocol.HEADER_BYTES + scanner.bodyKept();
            show(watching, buffer, from, scannedTo(buffer));
        }
    }

    public void drop() {
        decide(false);
    }

    /// Passes the message with another beginning: `start`, which is taken over, in place of its
    /// first `length` bytes, all of which are at hand.
    public void passWith(ByteBuf start, int length) {
        ByteBuf buffer = current;
        if (buffer == null || frame == FrameScanner.NONE) {
            start.release();
            throw new IllegalStateException("no message to decide on");
        }
        tail = null;
        int left = length;
        ByteBuf before = head;
        if (before == null) {
            emit(buffer, scanner.frameStart());
            passing = true;
            writeDecided(start);
        } else {
            head = null;
            passing = true;
            int taken = Math.min(left, before.readableBytes());
            before.skipBytes(taken);
            waiting -= taken;
            left -= taken;
            writeDecided(start);
            if (before.isReadable()) {
                write(before);
            } else {
                before.release();
            }
        }
        waiting -= left;
        runStart += left;
        frame = FrameScanner.NONE;
    }

    /// Writes what was passed so far, although the buffer goes on. Needed before something of ours
    /// is put in between, and when an undecided message is left for later.
    public void cut() {
        ByteBuf buffer = current;
        if (buffer != null) {
            emit(buffer, frame == FrameScanner.NONE ? scannedTo(buffer) : frameStart(buffer));
        }
    }

    /// Bytes that were taken and are not decided yet, at most; those passed in the buffer at hand
    /// count until it has been gone through.
    public long waiting() {
        return waiting;
    }

    /// Bytes written since this was last asked.
    public long takeWritten() {
        long count = written;
        written = 0;
        return count;
    }

    /// Whether a message was decided of which more bytes are to come. Only after [#next] said NONE.
    public boolean insideMessage() {
        return current == null && head == null && scanner.midFrame();
    }

    /// Whether everything that came so far was decided and was whole.
    public boolean atBoundary() {
        return current == null && head == null && queue.isEmpty() && !scanner.midFrame();
    }

    /// Lets go of all buffers. Nothing else may be called afterwards but this.
    public void release() {
        queue.forEach(ByteBuf::release);
        queue.clear();
        if (current != null) {
            current.release();
            current = null;
        }
        if (head != null) {
            head.release();
            head = null;
        }
        waiting = 0;
        frame = FrameScanner.NONE;
        sink = null;
    }

    private boolean take() {
        ByteBuf buffer = queue.poll();
        if (buffer == null) {
            return false;
        }
        current = buffer;
        runStart = buffer.readerIndex();
        Tail watching = tail;
        if (watching != null && head == null && scanner.midFrame()) {
            long end = (long) runStart + scanner.remaining();
            show(watching, buffer, runStart, (int) Math.min(end, buffer.writerIndex()));
        }
        scanner.begin(buffer);
        return true;
    }

    private void decide(boolean pass) {
        ByteBuf buffer = current;
        if (buffer == null || frame == FrameScanner.NONE) {
            throw new IllegalStateException("no message to decide on");
        }
        tail = null;
        ByteBuf before = head;
        if (before != null) {
            head = null;
            passing = pass;
            write(before);
        } else if (pass != passing) {
            emit(buffer, scanner.frameStart());
            passing = pass;
        }
        frame = FrameScanner.NONE;
    }

    /// The buffer has been scanned to its end: what belongs to decided messages goes out, the
    /// beginning of an undecided one is kept.
    private void finish() {
        ByteBuf buffer = current;
        if (buffer == null) {
            return;
        }
        current = null;
        int end = buffer.writerIndex();
        int pending = scanner.pendingStart();
        if (pending < end) {
            emit(buffer, pending);
            keep(buffer, pending, end - pending);
            buffer.release();
        } else if (runStart < end) {
            waiting -= end - runStart;
            buffer.readerIndex(runStart);
            writeDecided(buffer);
        } else {
            buffer.release();
        }
    }

    private static void show(Tail watching, ByteBuf buffer, int from, int to) {
        if (from < to) {
            watching.passing(buffer, from, to);
        }
    }

    private void keep(ByteBuf buffer, int from, int length) {
        ByteBuf kept = head;
        if (kept == null) {
            kept = allocator.buffer(length);
            head = kept;
        }
        kept.writeBytes(buffer, from, length);
    }

    private void emit(ByteBuf buffer, int to) {
        if (to > runStart) {
            waiting -= to - runStart;
            if (passing && sink != null) {
                writeDecided(buffer.retainedSlice(runStart, to - runStart));
            }
            runStart = to;
        }
    }

    private void write(ByteBuf bytes) {
        waiting -= bytes.readableBytes();
        writeDecided(bytes);
    }

    private void writeDecided(ByteBuf bytes) {
        Channel channel = sink;
        if (passing && channel != null) {
            written += bytes.readableBytes();
            channel.write(bytes, channel.voidPromise());
        } else {
            bytes.release();
        }
    }

    private int frameStart(ByteBuf buffer) {
        return Math.max(scanner.frameStart(), buffer.readerIndex());
    }

    /// The end of the decided message at hand, as far as this buffer goes.
    private int scannedTo(ByteBuf buffer) {
        return Math.min(scanner.frameEnd(), buffer.writerIndex());
    }
}
