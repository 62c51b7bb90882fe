package dev.pointsman.core.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/// Finds the messages in a stream of buffers without changing, copying or delaying the buffers.
///
/// One scanner per direction and connection, confined to its event loop. For each buffer that was
/// read, [#begin] once and then [#next] until it returns [#NONE]; the buffer's indices are left
/// alone, so that it can be forwarded as it came. A message is reported once: as soon as its header
/// and as much of its body as the [FrameSelection] asks for are there, however the bytes were cut.
/// Messages that are not selected are stepped over.
///
/// ```
/// scanner.begin(in);
/// for (int type = scanner.next(); type != FrameScanner.NONE; type = scanner.next()) {
///     switch (type) {
///         case BackendType.READY_FOR_QUERY -> ready(scanner.bodyByte(0), scanner.frameEnd());
///         case BackendType.PARAMETER_STATUS -> keep(ParameterStatus.decode(scanner.body()));
///         default -> {}
///     }
/// }
/// forward(in);
/// ```
///
/// Whoever must not forward a message before it has been looked at holds back the bytes from
/// [#pendingStart] on; when that message is reported, [#frameStart] lies that far before the next
/// buffer. Steady state: no allocation. Only a selected body that is split across buffers is copied
/// into an array of the scanner's own, at most as long as the selection says.
public final class FrameScanner {
    /// The buffer has been scanned to its end.
    public static final int NONE = -1;

    private static final int CARRY_FIRST = 64;
    private static final int CARRY_RETAINED = 1_024;

    private final FrameSelection selection;

    // The present buffer: [start, limit), scanned up to `position`.
    private ByteBuf in = Unpooled.EMPTY_BUFFER;
    private int start;
    private int limit;
    private int position;

    // The message last reported.
    private int frameStart;
    private int frameLength;
    private ByteBuf body = Unpooled.EMPTY_BUFFER;
    private int bodyStart;
    private int bodyKept;

    // Bytes still to be stepped over, of a message that was reported or is not selected.
    private int remaining;

    // The beginning of a message that could not be reported before the buffer's end.
    private ByteBuf carry = Unpooled.EMPTY_BUFFER;
    private int carried;

    public FrameScanner(FrameSelection selection) {
        this.selection = selection;
    }

    /// Takes the readable bytes of the next buffer. The one before must have been scanned to its
    /// end. The buffer must stay unchanged and alive until [#next] has returned [#NONE].
    public void begin(ByteBuf buffer) {
        if (position != limit) {
            throw new IllegalStateException("the buffer before was not scanned to its end");
        }
        in = buffer;
        start = buffer.readerIndex();
        frameStart += start - limit;
        limit = buffer.writerIndex();
        position = start;
        releaseCarry();
    }

    /// The type byte of the next selected message, or [#NONE] at the end of the buffer.
    ///
    /// @throws ProtocolViolation for an unknown type or a length out of bounds; the scanner cannot
    ///   be used afterwards
    public int next() {
        if (carried > 0) {
            return resume();
        }
        while (true) {
            int skipped = Math.min(remaining, limit - position);
            position += skipped;
            remaining -= skipped;
            int available = limit - position;
            if (available < Protocol.HEADER_BYTES) {
                return carryRest();
            }
            byte type = in.getByte(position);
            int length = in.getInt(position + 1);
            int wanted = selection.check(type, length);
            if (wanted != FrameSelection.NOT_REPORTED) {
                int head = Protocol.HEADER_BYTES + Math.min(wanted, length - 4);
                if (available < head) {
                    return carryRest();
                }
                report(length, position, in, position + Protocol.HEADER_BYTES, head);
                return type;
            }
            remaining = length + 1;
        }
    }

    /// Where the message last reported begins, as an index of the present buffer. Lies before the
    /// buffer's first byte, and may be negative, when the message began in an earlier buffer.
    public int frameStart() {
        return frameStart;
    }

    /// Where the reported message ends (exclusive), as an index of the present buffer. Lies behind
    /// the buffer's last byte when more of it is still to come.
    public int frameEnd() {
        return frameStart + frameLength;
    }

    /// Bytes of the reported message's body, whether they are here yet or not.
    public int bodyLength() {
        return frameLength - Protocol.HEADER_BYTES;
    }

    /// Bytes of the body that are kept: what the selection asked for, or all when it is shorter.
    public int bodyKept() {
        return bodyKept;
    }

    /// Whether [#body] holds the whole body.
    public boolean bodyWhole() {
        return bodyKept == bodyLength();
    }

    /// Whether the reported message's last byte is in the present buffer.
    public boolean complete() {
        return frameEnd() <= limit;
    }

    /// One byte of the kept body.
    public byte bodyByte(int index) {
        if (index < 0 || index >= bodyKept) {
            throw new IndexOutOfBoundsException(index);
        }
        return body.getByte(bodyStart + index);
    }

    /// The kept body as a view, valid until the next call of [#next]. It shares the buffer's
    /// reference count: do not release it. Allocates the view; for every message of a hot path use
    /// [#bytes], [#bodyStart] and [#bodyKept].
    public ByteBuf body() {
        return body.slice(bodyStart, bodyKept);
    }

    /// The buffer that holds the kept body from [#bodyStart] on; not always the one given to
    /// [#begin]. Valid until the next call of [#next].
    public ByteBuf bytes() {
        return body;
    }

    public int bodyStart() {
        return bodyStart;
    }

    /// After [#NONE]: where in the present buffer the bytes begin that belong to a message not yet
    /// reported; its end when there are none. Bytes before it belong to messages already known.
    public int pendingStart() {
        return Math.max(start, limit - carried);
    }

    /// Whether the bytes so far end inside a message.
    public boolean midFrame() {
        return remaining > 0 || carried > 0;
    }

    /// After [#NONE]: bytes that the present message still needs, as far as is known. While its
    /// header is cut, this is what the header needs.
    public int remaining() {
        if (carried == 0) {
            return remaining;
        }
        return carried < Protocol.HEADER_BYTES
                ? Protocol.HEADER_BYTES - carried
                : carry.getInt(1) + 1 - carried;
    }

    private void report(int length, int from, ByteBuf bytes, int bytesFrom, int head) {
        frameStart = from;
        frameLength = length + 1;
        body = bytes;
        bodyStart = bytesFrom;
        bodyKept = head - Protocol.HEADER_BYTES;
        position = Math.min(frameEnd(), limit);
        remaining = frameEnd() - position;
    }

    private int carryRest() {
        carry(limit - position);
        in = Unpooled.EMPTY_BUFFER;
        body = Unpooled.EMPTY_BUFFER;
        bodyKept = 0;
        return NONE;
    }

    /// Goes on with a message whose beginning is in `carry`.
    private int resume() {
        if (!carryUpTo(Protocol.HEADER_BYTES)) {
            return carryRest();
        }
        byte type = carry.getByte(0);
        int length = carry.getInt(1);
        int wanted = selection.check(type, length);
        if (wanted == FrameSelection.NOT_REPORTED) {
            remaining = length + 1 - carried;
            carried = 0;
            return next();
        }
        int head = Protocol.HEADER_BYTES + Math.min(wanted, length - 4);
        if (!carryUpTo(head)) {
            return carryRest();
        }
        int from = position - carried;
        carried = 0;
        report(length, from, carry, Protocol.HEADER_BYTES, head);
        return type;
    }

    private boolean carryUpTo(int size) {
        carry(Math.min(size - carried, limit - position));
        return carried >= size;
    }

    private void carry(int count) {
        if (count <= 0) {
            return;
        }
        if (carry.capacity() < carried + count) {
            int room = Math.max(CARRY_FIRST, Integer.highestOneBit(carried + count) << 1);
            var wider = new byte[room];
            carry.getBytes(0, wider, 0, carried);
            carry = Unpooled.wrappedBuffer(wider);
        }
        in.getBytes(position, carry.array(), carried, count);
        carried += count;
        position += count;
    }

    private void releaseCarry() {
        if (carried == 0 && carry.capacity() > CARRY_RETAINED) {
            carry = Unpooled.EMPTY_BUFFER;
        }
    }
}
