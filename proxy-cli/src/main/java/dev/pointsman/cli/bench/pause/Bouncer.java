package dev.pointsman.cli.bench.pause;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.ExitCode;
import dev.pointsman.cli.demo.EmbeddedServer;
import dev.pointsman.cli.demo.Folders;
import dev.pointsman.cli.demo.LoopbackPort;
import dev.pointsman.cli.demo.ServerAccount;
import dev.pointsman.cli.load.Address;

import org.slf4j.LoggerFactory;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A PgBouncer of our own in front of one server, in transaction mode.
final class Bouncer implements AutoCloseable {
    private static final Duration READY_MAX = Duration.ofSeconds(10);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    private final Address behind;
    private final int port;
    private final Path folder;
    private final Process process;

    private Bouncer(Address behind, int port, Path folder, Process process) {
        this.behind = behind;
        this.port = port;
        this.folder = folder;
        this.process = process;
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    /// Starts it in front of `behind` with at most `size` server connections.
    ///
    /// @throws CommandFailure when there is no PgBouncer, or it does not come up
    static Bouncer start(Address behind, int size) throws IOException, InterruptedException {
        var program =
                program()
                        .orElseThrow(
                                () ->
                                        new CommandFailure(
                                                ExitCode.FAILED,
                                                "there is no pgbouncer on the PATH; install it"
                                                        + " (apt-get install pgbouncer)"));
        var folder = Files.createTempDirectory("pointsman-bouncer-");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        int port = LoopbackPort.free();
        var users = folder.resolve("users.txt");
        Files.writeString(users, "\"%s\" \"%s\"%n".formatted(behind.user(), behind.password()));
        var settings = folder.resolve("settings.ini");
        Files.writeString(settings, settings(behind, port, size, users));
        var server = folder.resolve("server.ini");
        Files.writeString(server, server(behind, behind.port()));
        for (var file : List.of(users, settings, server)) {
            ServerAccount.current().own(file);
        }
        var command = List.of(program.toString(), "-q", folder.resolve("settings.ini").toString());
        var process =
                new ProcessBuilder(ServerAccount.current().wrap(command))
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile())
                        .start();
        var bouncer = new Bouncer(behind, port, folder, process);
        bouncer.awaitReady();
        return bouncer;
    }

    private static String settings(Address behind, int port, int size, Path users) {
        return """
        %%include %5$s
        [pgbouncer]
        listen_addr = %1$s
        listen_port = %2$d
        unix_socket_dir =
        auth_type = trust
        auth_file = %3$s
        admin_users = %4$s
        pool_mode = transaction
        default_pool_size = %6$d
        server_login_retry = 1
        ignore_startup_parameters = extra_float_digits
        """
                .formatted(
                        EmbeddedServer.HOST,
                        port,
                        users,
                        behind.user(),
                        users.resolveSibling("server.ini"),
                        size);
    }

    private static String server(Address behind, int port) {
        return "[databases]%n%s = host=%s port=%d%n"
                .formatted(behind.database(), behind.host(), port);
    }

    private static Optional<Path> program() {
        var path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(
                        Stream.of(path.split(File.pathSeparator)),
                        Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(folder -> Path.of(folder, "pgbouncer"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private void awaitReady() throws IOException, InterruptedException {
        var deadline = System.nanoTime() + READY_MAX.toNanos();
        while (true) {
            try (var _ = console()) {
                return;
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() - deadline > 0) {
                    var log = Files.readString(folder.resolve("log")).strip();
                    close();
                    throw new CommandFailure(
                            ExitCode.FAILED,
                            "pgbouncer does not answer: %s; %s".formatted(e.getMessage(), log));
                }
            }
            Thread.sleep(LOOK_AGAIN);
        }
    }

    /// A connection to its console.
    BouncerConsole console() throws IOException {
        return new BouncerConsole(EmbeddedServer.HOST, port, behind.user());
    }

    /// Writes where it is to lead after its next RELOAD.
    void leadTo(int serverPort) throws IOException {
        Files.writeString(folder.resolve("server.ini"), server(behind, serverPort));
    }

    /// Where clients find it.
    Address clients() {
        return new Address(EmbeddedServer.HOST, port, behind.database(), behind.user(), "unused");
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            LoggerFactory.getLogger(Bouncer.class)
                    .atWarn()
                    .addKeyValue("folder", folder)
                    .addKeyValue("cause", e)
                    .log("files are left behind");
        }
    }
}
