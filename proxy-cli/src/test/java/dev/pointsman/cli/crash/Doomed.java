package dev.pointsman.cli.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.cutover.run.Step;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// The other end of a [DoomedProxy]. Its process is begun early, since a Java process takes a while
/// to come up, and told what to do by [#serve] and [#doom].
final class Doomed implements AutoCloseable {
    private static final int KILLED = 128 + 9;
    private static final String THE_END = "";
    private static final Duration DEATH_MAX = Duration.ofMinutes(2);

    private final Process process;
    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
    private final Path log;
    private int port;
    private int adminPort;

    private Doomed(Process process, Path log) {
        this.process = process;
        this.log = log;
        Thread.ofVirtual().start(this::hear);
    }

    /// Begins a process that waits for its orders.
    static Doomed begin(Path folder) throws IOException {
        var log = Files.createTempFile(folder, "doomed", ".log");
        var process =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "-XX:+UseSerialGC",
                                        "-XX:TieredStopAtLevel=1",
                                        "-Xshare:auto",
                                        "--enable-native-access=ALL-UNNAMED",
                                        "--sun-misc-unsafe-memory-access=allow",
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        DoomedProxy.class.getName()))
                        .redirectError(log.toFile())
                        .start();
        return new Doomed(process, log);
    }

    /// Starts the proxy; returns once clients can log in. Nothing is to happen to it before
    /// [#doom].
    void serve(Path configuration) throws IOException {
        tell(configuration.toString());
        for (var line = heard(); ; line = heard()) {
            if (line.startsWith("ready ")) {
                var ports = line.split(" ", -1);
                port = Integer.parseInt(ports[1]);
                adminPort = Integer.parseInt(ports[2]);
                return;
            }
        }
    }

    /// The next cutover that is ordered is to be its end, at that step.
    void doom(Step fatal) throws IOException {
        tell(fatal.name());
        for (var line = heard(); !line.equals(fatal.name()); line = heard()) {
            // what it says of its work
        }
    }

    private void tell(String order) throws IOException {
        process.getOutputStream().write((order + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    private String heard() {
        try {
            var line = said.take();
            if (line.equals(THE_END)) {
                throw new AssertionError("the proxy has ended:\n" + endOfLog());
            }
            return line;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private void hear() {
        try (var says = process.inputReader(StandardCharsets.UTF_8)) {
            for (var line = says.readLine(); line != null; line = says.readLine()) {
                Files.writeString(log, line + "\n", StandardOpenOption.APPEND);
                said.add(line);
            }
        } catch (IOException _) {
            // killed
        }
        said.add(THE_END);
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    /// Runs a command of the admin port, which may well be the last.
    ///
    /// @throws SQLException when it is refused or its connection breaks
    List<Map<String, String>> order(String command) throws SQLException {
        return Admin.run(adminPort, command);
    }

    /// Waits for its death by SIGKILL, and by nothing else.
    ///
    /// @param answer what the order that it was to die of was answered
    void awaitKill(String answer) {
        try {
            assertThat(process.waitFor(DEATH_MAX))
                    .as(() -> "killed, not answered " + answer + "; its log ends:\n" + endOfLog())
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        assertThat(process.exitValue()).as(this::endOfLog).isEqualTo(KILLED);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    private String endOfLog() {
        try {
            var lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /// By SIGKILL, from outside; returns when it is dead.
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
