package dev.pointsman.core.cutover.journal;

import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;

/// The folder that outlives the process: locked for as long as it is open, so that no second
/// process can act in the name of this instance.
public final class StateFolder implements AutoCloseable {
    private static final String LOCK = "lock";
    private static final String INSTANCE = "instance";
    private static final String INSTANCE_VERSION = "1 ";

    private final Path path;
    private final FileChannel lockChannel;
    private final FileLock lock;
    private final InPlace place;
    private final String instance;

    private StateFolder(Path path, FileChannel lockChannel, FileLock lock) throws IOException {
        this.path = path;
        this.lockChannel = lockChannel;
        this.lock = lock;
        this.place = InPlace.of(path.resolve(LOCK));
        this.instance = readOrMakeInstance(path);
    }

    /// Makes the folder if need be, locks it and names the instance.
    public static StateFolder open(Path path) throws Refused {
        try {
            makeFolder(path);
            return lock(path);
        } catch (IOException e) {
            throw new Refused(
                    SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                    "state folder " + path + " cannot be used: " + e,
                    "Make it a folder that this user may read and write (key `state`).");
        }
    }

    private static StateFolder lock(Path path) throws IOException, Refused {
        var channel =
                FileChannel.open(
                        path.resolve(LOCK),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        try {
            var lock = tryLock(channel);
            if (lock == null) {
                throw new Refused(
                        SqlState.OBJECT_IN_USE,
                        "state folder " + path + " is in use by process " + readPid(channel),
                        "Stop that process, or give this one a state folder of its own.");
            }
            writePid(channel);
            return new StateFolder(path, channel, lock);
        } catch (IOException | Refused | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /// Null when this or another process holds the lock.
    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException _) {
            return null;
        }
    }

    private static String readPid(FileChannel channel) throws IOException {
        var bytes = ByteBuffer.allocate(32);
        channel.read(bytes, 0);
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).trim();
    }

    private static void writePid(FileChannel channel) throws IOException {
        var pid = ProcessHandle.current().pid() + "\n";
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
    }

    private static String readOrMakeInstance(Path folder) throws IOException {
        var file = folder.resolve(INSTANCE);
        if (Files.exists(file)) {
            var text = Files.readString(file).trim();
            if (!text.matches("1 [0-9a-f]{12}")) {
                throw new IOException(file + " does not hold the name of an instance");
            }
            return text.substring(INSTANCE_VERSION.length());
        }
        var random = new byte[6];
        new SecureRandom().nextBytes(random);
        var name = HexFormat.of().formatHex(random);
        writeDurably(file, INSTANCE_VERSION + name + "\n");
        return name;
    }

    /// Writes a small file so that after a crash it is there whole, or as it was before.
    static void writeDurably(Path file, String text) throws IOException {
        var draft = file.resolveSibling(file.getFileName() + ".draft");
        try (var channel =
                FileChannel.open(
                        draft,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(
                draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceFolder(file.toAbsolutePath().getParent());
    }

    private static void makeFolder(@Nullable Path folder) throws IOException {
        if (folder == null) {
            return;
        }
        var absolute = folder.toAbsolutePath();
        if (!Files.isDirectory(absolute)) {
            Files.createDirectories(absolute);
            forceFolder(absolute.getParent());
        }
    }

    /// Makes names in a folder durable; without it a new file can vanish in a crash.
    static void forceFolder(@Nullable Path folder) throws IOException {
        if (folder == null) {
            return;
        }
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /// Makes sure that the lock is still the one that was taken.
    ///
    /// @throws Refused when the lock was deleted or replaced since it was taken: another process
    ///   could act in the name of this instance
    public void requireInPlace() throws Refused {
        requireInPlace(place);
    }

    static void requireInPlace(InPlace place) throws Refused {
        if (!place.isStill()) {
            throw new Refused(
                    SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                    "%s was deleted or replaced since this process opened it: what a cutover writes there would be lost"
                            .formatted(place.path()),
                    "Bring the folder back (key `state`), or leave it away, and start this process"
                            + " again: where it is empty the records in the servers decide, once"
                            + " all of them can be read.");
        }
    }

    public Path path() {
        return path;
    }

    /// The random name of this instance, the same for the life of the folder.
    public String instance() {
        return instance;
    }

    /// Keeps `text` under `name` in the folder, durably.
    public void keep(String name, String text) throws IOException {
        makeFolder(path.resolve(name).getParent());
        writeDurably(path.resolve(name), text);
    }

    @Override
    public void close() {
        try {
            lock.release();
            lockChannel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
