package dev.pointsman.cli.demo;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.ExitCode;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Why an embedded server cannot be had, for people: what, where and how to mend it.
public final class ServerTrouble {
    private static final String ELSEWHERE =
            "; make room and rights there, or name another folder with"
                    + " POINTSMAN_JAVA_OPTS=-Djava.io.tmpdir=FOLDER";

    private ServerTrouble() {}

    /// Its folder cannot be made or filled.
    static CommandFailure folder(ServerBinaries binaries, IOException cause) {
        return failure(
                "cannot set up PostgreSQL %s below %s: %s%s"
                        .formatted(
                                binaries.version(),
                                System.getProperty("java.io.tmpdir"),
                                reason(cause),
                                ELSEWHERE),
                cause);
    }

    /// What goes with the servers, the proxy's folder say, cannot be written.
    public static CommandFailure files(IOException cause) {
        return failure(
                "cannot write files below %s: %s%s"
                        .formatted(System.getProperty("java.io.tmpdir"), reason(cause), ELSEWHERE),
                cause);
    }

    /// Its programs cannot be unpacked to `home`.
    static CommandFailure archive(String version, Path home, IOException cause) {
        var mend =
                switch (ServerAccount.current()) {
                    case NOBODY -> "; make room and rights there, or run this as another user";
                    case OURSELVES ->
                            "; make room and rights there, or name another folder with"
                                    + " XDG_CACHE_HOME";
                };
        return failure(
                "cannot unpack PostgreSQL %s to %s: %s%s"
                        .formatted(version, home, reason(cause), mend),
                cause);
    }

    /// A program of it cannot be run.
    static CommandFailure program(ServerBinaries binaries, IOException cause) {
        var mend =
                switch (ServerAccount.current()) {
                    case NOBODY ->
                            "; run this as a user other than root, or install util-linux, whose"
                                    + " setpriv gives the server to nobody";
                    case OURSELVES ->
                            "; the file system must allow programs (no noexec), and the system must"
                                    + " have the GNU C library";
                };
        return failure(
                "cannot run PostgreSQL %s from %s: %s%s"
                        .formatted(binaries.version(), binaries.home(), reason(cause), mend),
                cause);
    }

    /// It ran, and gave up.
    static CommandFailure gaveUp(ServerBinaries binaries, String program, String said) {
        return new CommandFailure(
                ExitCode.FAILED,
                "%s of PostgreSQL %s gave up, mend what it says: %s"
                        .formatted(program, binaries.version(), said.strip()));
    }

    /// A file's name alone, which is all that some of these say, is no reason.
    private static String reason(IOException cause) {
        return switch (cause) {
            case AccessDeniedException denied -> "no right to write " + denied.getFile();
            case NoSuchFileException missing -> missing.getFile() + " does not exist";
            case FileSystemException file when file.getReason() != null ->
                    file.getFile() + ": " + file.getReason();
            default -> String.valueOf(cause.getMessage());
        };
    }

    private static CommandFailure failure(String message, IOException cause) {
        return new CommandFailure(ExitCode.FAILED, message, cause);
    }
}
