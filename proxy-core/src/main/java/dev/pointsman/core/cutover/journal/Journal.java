package dev.pointsman.core.cutover.journal;

import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The durable record of attempts and outcomes: lines that are only ever added, each on disk before
/// [#append] returns. Thread-safe; every call blocks on the disk.
///
/// An interrupt of the thread that writes does not end the write, and stays pending: it would close
/// the file for everybody else.
///
/// The file always ends in room: line feeds that were written and synced ahead, so that an ending
/// needs no new space on a disk that may have filled up meanwhile, and no change of the file's
/// length. A last line that a crash tore is forgotten; damage anywhere else is refused, since a
/// journal that lies is worse than none.
public final class Journal implements AutoCloseable {
    private static final String FILE = "journal";
    static final int ROOM = 16 * 1024;
    private static final byte FEED = '\n';

    private final Path file;
    private final Disk disk;
    private final List<Line> lines;
    private final InPlace place;
    private FileChannel channel;
    private long end;
    private long size;

    /// Where the file's bytes go.
    @FunctionalInterface
    interface Disk {
        FileChannel open(Path file) throws IOException;
    }

    private Journal(Path file, Disk disk, Contents contents) throws IOException {
        this.file = file;
        this.disk = disk;
        this.channel = disk.open(file);
        this.place = InPlace.of(file);
        this.lines = new ArrayList<>(contents.lines());
        this.end = contents.end();
        this.size = contents.end();
        makeRoom();
    }

    private record Contents(List<Line> lines, long end) {}

    /// Reads the folder's journal, making it if need be.
    public static Journal open(StateFolder folder) throws Refused {
        return open(folder, Journal::openChannel);
    }

    static Journal open(StateFolder folder, Disk disk) throws Refused {
        var file = folder.path().resolve(FILE);
        try {
            var isNew = !Files.exists(file);
            var contents = isNew ? new Contents(List.of(), 0) : read(file);
            var journal = new Journal(file, disk, contents);
            if (isNew) {
                StateFolder.forceFolder(folder.path());
            }
            return journal;
        } catch (IOException e) {
            throw new Refused(
                    SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                    "journal " + file + " cannot be used: " + e.getMessage(),
                    "Restore it, or move it away: the records in the servers then decide, once all"
                            + " of them can be read.");
        }
    }

    private static FileChannel openChannel(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static Contents read(Path file) throws IOException {
        var bytes = Files.readAllBytes(file);
        var lines = new ArrayList<Line>();
        var at = 0;
        var end = 0;
        var number = 0;
        while (at < bytes.length) {
            var stop = at;
            while (stop < bytes.length && bytes[stop] != FEED) {
                stop++;
            }
            number++;
            if (stop > at) {
                var line = LineText.read(new String(bytes, at, stop - at, StandardCharsets.UTF_8));
                if (line.isEmpty()) {
                    requireLast(bytes, stop, number);
                    break;
                }
                lines.add(line.get());
                end = stop + 1;
            }
            at = stop + 1;
        }
        return new Contents(lines, end);
    }

    private static void requireLast(byte[] bytes, int from, int number) throws IOException {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] != FEED) {
                throw new IOException("line " + number + " is damaged");
            }
        }
    }

    /// Makes sure that the file is still the one that was opened.
    ///
    /// @throws Refused when the file was deleted or replaced since it was opened: what is written
    ///   then is lost with this process
    public void requireInPlace() throws Refused {
        StateFolder.requireInPlace(place);
    }

    /// Adds a line and returns when it is on disk.
    public synchronized void append(Line line) throws IOException {
        var bytes = LineText.write(line).getBytes(StandardCharsets.UTF_8);
        if (end + bytes.length > size) {
            makeRoom();
        }
        uninterrupted(
                () -> {
                    write(bytes, end);
                    channel.force(false);
                });
        end += bytes.length;
        lines.add(line);
    }

    /// Writes and syncs room for what may have to be said later; to be called before clients are
    /// held.
    public synchronized void makeRoom() throws IOException {
        var room = new byte[ROOM];
        Arrays.fill(room, FEED);
        uninterrupted(
                () -> {
                    write(room, end);
                    channel.truncate(end + ROOM);
                    size = end + ROOM;
                    channel.force(true);
                });
    }

    private interface Writing {
        void run() throws IOException;
    }

    /// Every write may be repeated: each says where its bytes go.
    private void uninterrupted(Writing writing) throws IOException {
        var interrupted = false;
        try {
            while (true) {
                try {
                    writing.run();
                    return;
                } catch (ClosedByInterruptException _) {
                    interrupted = true;
                    Thread.interrupted();
                    channel = disk.open(file);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void write(byte[] bytes, long position) throws IOException {
        var buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            position += channel.write(buffer, position);
        }
    }

    /// Everything said so far about a database, oldest first.
    public synchronized List<Line> lines(String database) {
        return lines.stream().filter(line -> line.concerns(database)).toList();
    }

    @Override
    public synchronized void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
