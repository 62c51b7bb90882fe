package dev.pointsman.core.listen.local;

import dev.pointsman.core.config.Listen.Local;
import dev.pointsman.core.config.LocalAddress;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/// The file of a Unix-domain socket that we listen on, from before it is bound until after it is
/// closed. Every method blocks for the time of a few system calls.
///
/// @param mode who may connect, as bits of `chmod`
public record SocketFile(Path path, int mode) {
    /// From the highest bit on: owner, group, others.
    private static final PosixFilePermission[] BITS = {
        PosixFilePermission.OWNER_READ,
        PosixFilePermission.OWNER_WRITE,
        PosixFilePermission.OWNER_EXECUTE,
        PosixFilePermission.GROUP_READ,
        PosixFilePermission.GROUP_WRITE,
        PosixFilePermission.GROUP_EXECUTE,
        PosixFilePermission.OTHERS_READ,
        PosixFilePermission.OTHERS_WRITE,
        PosixFilePermission.OTHERS_EXECUTE
    };

    public static SocketFile of(Local.Folder settings, int port) {
        return new SocketFile(new LocalAddress(settings.folder(), port).file(), settings.mode());
    }

    /// Looks whether the socket can be had, before anything is begun that would have to be undone.
    /// Changes nothing.
    ///
    /// @throws IOException for people, when it cannot
    public void mustBeFree() throws IOException {
        try {
            requireFolder();
            isLeft();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /// Why it cannot be had, for people: what, where and how to mend it.
    public IOException failure(IOException cause) {
        return new IOException(
                "cannot listen for clients on %s: %s; or give `listen.unix_socket_dir` another folder"
                        .formatted(path, cause.getMessage()),
                cause);
    }

    private void requireFolder() throws IOException {
        var folder = path.toAbsolutePath().resolveSibling("");
        if (!Files.isDirectory(folder)) {
            throw new IOException("there is no such folder; make it");
        }
        if (!Files.isWritable(folder) || !Files.isExecutable(folder)) {
            throw new IOException("this user may not make a file in that folder; let it");
        }
    }

    /// Removes what a process left that is gone.
    ///
    /// @throws IOException when somebody listens there, or it is no socket; says which
    public void makeRoom() throws IOException {
        if (isLeft()) {
            Files.deleteIfExists(path);
        }
    }

    private boolean isLeft() throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        var what = Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!what.isOther()) {
            throw new IOException("there is something that is no socket; move it away");
        }
        try {
            SocketChannel.open(UnixDomainSocketAddress.of(path)).close();
            throw new IOException("another process listens there; stop it");
        } catch (ConnectException _) {
            return true;
        } catch (NoSuchFileException _) {
            // It has just gone by itself.
            return false;
        }
    }

    /// Lets in whom the mode says.
    public void open() throws IOException {
        Files.setPosixFilePermissions(path, permissions(mode));
    }

    /// Once nobody listens any more.
    public void remove() throws IOException {
        Files.deleteIfExists(path);
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        var set = EnumSet.noneOf(PosixFilePermission.class);
        for (int bit = 0; bit < BITS.length; bit++) {
            if ((mode & (1 << (BITS.length - 1 - bit))) != 0) {
                set.add(BITS[bit]);
            }
        }
        return set;
    }
}
