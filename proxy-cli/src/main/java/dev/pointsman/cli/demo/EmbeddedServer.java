package dev.pointsman.cli.demo;

import dev.pointsman.cli.CommandFailure;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// A real PostgreSQL server on a free loopback port, in a folder of its own that goes with it. The
/// superuser is [#SUPERUSER]. Runs as any user, root too.
///
/// Not thread-safe but for [#connect]: whoever starts a server stops it. A hook kills what still
/// runs when the JVM ends, the [Watchdog] what a killed JVM leaves.
public final class EmbeddedServer implements AutoCloseable {
    public static final String SUPERUSER = "postgres";
    public static final String HOST = "127.0.0.1";

    private static final Logger log = LoggerFactory.getLogger(EmbeddedServer.class);
    private static final Set<EmbeddedServer> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(EmbeddedServer::killRunning));
    }

    private static final Executor STARTER = task -> Thread.ofVirtual().start(task);
    private static final Duration BOOT_MAX = Duration.ofSeconds(60);
    private static final Duration STOP_MAX = Duration.ofSeconds(20);

    private final ServerBinaries binaries;
    private final ServerFolder folder;
    private final EmbeddedSettings settings;
    private final int port;
    private @Nullable Process postmaster;

    private EmbeddedServer(
            EmbeddedSettings settings, ServerBinaries binaries, ServerFolder folder, int port) {
        this.settings = settings;
        this.binaries = binaries;
        this.folder = folder;
        this.port = port;
    }

    /// Starts a server of `major` with the default settings; returns once it accepts connections.
    public static EmbeddedServer start(int major) {
        return start(EmbeddedSettings.of(major));
    }

    /// Starts a server and returns once it accepts connections.
    ///
    /// @throws CommandFailure when it does not come up, with how to mend it or the end of its log
    public static EmbeddedServer start(EmbeddedSettings settings) {
        var binaries = ServerBinaries.of(settings.major());
        try {
            var folder = ServerFolder.create(binaries);
            try {
                var server = new EmbeddedServer(settings, binaries, folder, LoopbackPort.free());
                folder.initialise(settings, server.port);
                server.boot();
                return server;
            } catch (IOException | RuntimeException e) {
                folder.delete();
                throw e;
            }
        } catch (IOException e) {
            throw ServerTrouble.folder(binaries, e);
        }
    }

    /// Starts one server per setting, all at once; those that came up are closed if one does not.
    public static List<EmbeddedServer> startAll(List<EmbeddedSettings> settings) {
        var starts =
                settings.stream()
                        .map(one -> CompletableFuture.supplyAsync(() -> start(one), STARTER))
                        .toList();
        try {
            return starts.stream().map(CompletableFuture::join).toList();
        } catch (CompletionException e) {
            starts.forEach(start -> start.thenAccept(EmbeddedServer::close));
            if (e.getCause() instanceof CommandFailure known) {
                throw known;
            }
            throw new IllegalStateException("not every server came up: " + e.getMessage(), e);
        }
    }

    private static void killRunning() {
        for (var server : RUNNING) {
            server.close();
        }
    }

    public int major() {
        return settings.major();
    }

    /// The release, such as `14.24.0`.
    public String version() {
        return binaries.version();
    }

    public int port() {
        return port;
    }

    /// The JDBC address of `database`.
    public String url(String database) {
        return "jdbc:postgresql://" + HOST + ":" + port + "/" + database;
    }

    /// A new connection as the superuser.
    public Connection connect(String database) throws SQLException {
        return connect(database, SUPERUSER, "");
    }

    /// A new connection as a user who needs no password here.
    public Connection connect(String database, String user) throws SQLException {
        return connect(database, user, "");
    }

    public Connection connect(String database, String user, String password) throws SQLException {
        return DriverManager.getConnection(url(database), user, password);
    }

    /// Runs `sql` (one or more statements) in `database` as the superuser.
    public void execute(String database, String sql) throws SQLException {
        try (var connection = connect(database);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    public boolean isRunning() {
        return postmaster != null && postmaster.isAlive();
    }

    /// The data folder, which stays through [#stop], [#crash] and [#restart] until [#close].
    public Path data() {
        return folder.data();
    }

    /// What the server has logged since it was set up.
    public Path serverLog() {
        return folder.serverLog();
    }

    /// A fast shutdown: open sessions are ended, everything is flushed, the data stays.
    public void stop() {
        signal("INT");
        awaitExit();
    }

    /// The death of the machine, as far as clients and data can tell: every process of the server
    /// is killed at once, nothing is flushed, the data stays.
    public void crash() {
        var dying = postmaster;
        if (dying == null) {
            return;
        }
        var processes = Stream.concat(Stream.of(dying.toHandle()), dying.descendants()).toList();
        processes.forEach(ProcessHandle::destroyForcibly);
        awaitGone(dying, processes);
        Watchdog.drop(dying.pid());
        postmaster = null;
    }

    /// Where nobody collects the dead, they stay in the process table without a program.
    private static void awaitGone(Process dying, List<ProcessHandle> processes) {
        var deadline = System.nanoTime() + STOP_MAX.toNanos();
        waitFor(dying, STOP_MAX);
        while (System.nanoTime() - deadline < 0
                && processes.stream()
                        .anyMatch(one -> one.isAlive() && one.info().command().isPresent())) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    /// Starts again on the same port and data, after a [#stop] or [#crash]; a running server is
    /// stopped first. Returns once it accepts connections.
    public void restart() {
        stop();
        boot();
    }

    /// Ends the server at once and deletes its folder. Does nothing the second time.
    @Override
    public void close() {
        signal("QUIT");
        awaitExit();
        try {
            folder.delete();
        } catch (IOException e) {
            log.atWarn()
                    .addKeyValue("folder", folder.root())
                    .addKeyValue("cause", e)
                    .log("embedded server left files behind");
        }
    }

    private void boot() {
        try {
            folder.forgetPid();
            var command =
                    List.of(
                            binaries.program("postgres").toString(),
                            "-D",
                            folder.data().toString());
            var builder =
                    new ProcessBuilder(ServerAccount.current().wrap(command))
                            .directory(folder.root().toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(
                                    ProcessBuilder.Redirect.appendTo(folder.serverLog().toFile()));
            // Its libpq looks for certificates at home, which may be closed to its account.
            builder.environment().put("HOME", folder.root().toString());
            var process = builder.start();
            postmaster = process;
            Watchdog.add(process.pid(), "QUIT", folder.root());
            RUNNING.add(this);
            awaitReady(process);
        } catch (IOException e) {
            throw ServerTrouble.program(binaries, e);
        }
    }

    private void awaitReady(Process process) throws IOException {
        var deadline = System.nanoTime() + BOOT_MAX.toNanos();
        while (!folder.isReady()) {
            var ended = waitFor(process, Duration.ofMillis(10));
            if (ended || System.nanoTime() - deadline > 0) {
                crash();
                throw ServerTrouble.gaveUp(binaries, "postgres", folder.endOfLog());
            }
        }
    }

    private static boolean waitFor(Process process, Duration atMost) {
        try {
            return process.waitFor(atMost);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        }
    }

    private void signal(String name) {
        var process = postmaster;
        if (process == null || !process.isAlive()) {
            return;
        }
        try {
            new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid()).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitExit() {
        var process = postmaster;
        if (process != null && !waitFor(process, STOP_MAX)) {
            crash();
        }
        if (process != null) {
            Watchdog.drop(process.pid());
        }
        postmaster = null;
        RUNNING.remove(this);
    }
}
