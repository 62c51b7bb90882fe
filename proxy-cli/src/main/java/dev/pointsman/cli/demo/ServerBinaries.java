package dev.pointsman.cli.demo;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.ExitCode;
import dev.pointsman.cli.Release;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// The unpacked programs of one PostgreSQL major: `initdb` and `postgres`.
///
/// They are unpacked once per account and release, into a folder beside the final one that is then
/// renamed: whoever comes second, in this process or another, finds the whole folder or none.
record ServerBinaries(String version, Path home) {
    private static final ConcurrentMap<Integer, ServerBinaries> UNPACKED =
            new ConcurrentHashMap<>();

    /// The binaries of `major`, unpacked first if need be (two seconds).
    static ServerBinaries of(int major) {
        return UNPACKED.computeIfAbsent(major, ServerBinaries::unpack);
    }

    Path program(String name) {
        return home.resolve("bin").resolve(name);
    }

    private static ServerBinaries unpack(int major) {
        var version = Release.fact("postgres." + major);
        var resource = "/postgres/" + major + "/" + Release.fact("postgres.archive");
        var cache = ServerAccount.current().cache();
        var home = cache.resolve("postgres-" + version + "-" + Release.fact("postgres.platform"));
        if (Files.isDirectory(home)) {
            return new ServerBinaries(version, home);
        }
        try (var archive = ServerBinaries.class.getResourceAsStream(resource)) {
            if (archive == null) {
                throw new CommandFailure(
                        ExitCode.FAILED,
                        "no PostgreSQL %d in this build: %s is missing; build on the system and processor that it is to run on"
                                .formatted(major, resource));
            }
            Files.createDirectories(cache);
            var fresh = Files.createTempDirectory(cache, "unpacking-");
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
            extract(archive, fresh);
            publish(fresh, home);
        } catch (IOException e) {
            throw ServerTrouble.archive(version, home, e);
        }
        return new ServerBinaries(version, home);
    }

    private static void publish(Path fresh, Path home) throws IOException {
        try {
            Files.move(fresh, home);
        } catch (IOException e) {
            if (!Files.isDirectory(home)) {
                throw e;
            }
            Folders.delete(fresh); // somebody else was faster
        }
    }

    private static void extract(InputStream archive, Path into) throws IOException {
        try (var tar =
                new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive)))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                write(tar, entry, into);
            }
        }
    }

    private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path into)
            throws IOException {
        var path = into.resolve(entry.getName()).normalize();
        if (!path.startsWith(into)) {
            throw new IOException("archive entry leaves its folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(path);
            return;
        }
        Files.createDirectories(path.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(tar, path);
        var mode = (entry.getMode() & 0100) != 0 ? "rwxr-xr-x" : "rw-r--r--";
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }
}
