package dev.pointsman.cli.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.MainProcess;
import dev.pointsman.core.cutover.run.Step;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// The program as a person starts it, `serve -c FILE`, which may be told to die: by [#doom], from
/// outside. Nothing in it knows.
final class Doomed implements AutoCloseable {
    private static final int KILLED = 128 + 9;

    /// A thread that a debugger keeps in its place keeps its carrier too, and one processor has
    /// one.
    private static final String CARRIERS = "-Djdk.virtualThreadScheduler.parallelism=4";

    private static final Pattern DEBUGGED = Pattern.compile("Listening for .* address: (\\d+)");

    private final MainProcess process;
    private final int debugPort;
    private int port;
    private int adminPort;

    private Doomed(MainProcess process) {
        this.process = process;
        var said = process.awaitOutput("Listening for ");
        var found = DEBUGGED.matcher(said);
        if (!found.find()) {
            throw new AssertionError("it cannot be watched: " + said + process.error());
        }
        debugPort = Integer.parseInt(found.group(1));
    }

    private static Doomed start(Path folder, String flag, Path configuration) throws IOException {
        return new Doomed(
                MainProcess.start(
                        folder,
                        List.of(flag, CARRIERS),
                        List.of("serve", "-c", configuration.toString())));
    }

    /// Starts the proxy; returns once clients can log in. Nothing is to happen to it before
    /// [#doom].
    static Doomed serve(Path folder, Path configuration) throws IOException {
        var started = start(folder, FatalStep.flag(), configuration);
        var ready = started.process.awaitError(" ready ");
        started.port = MainProcess.port(ready, "listen");
        started.adminPort = MainProcess.port(ready, "admin");
        return started;
    }

    /// Starts a proxy that gets no further than that step, in what it does at a start.
    static Doomed stillborn(Path folder, Path configuration, Step fatal) throws IOException {
        var started = start(folder, FatalStep.waitingFlag(), configuration);
        FatalStep.plantAtStart(started.debugPort, fatal, started::kill);
        return started;
    }

    /// The next cutover that is ordered is to be its end, at that step.
    void doom(Step fatal) throws IOException {
        FatalStep.plant(debugPort, fatal, this::kill);
    }

    /// The next cutover that is ordered is to be under way, at that step, when it is told to stop.
    void stopAt(Step step) throws IOException {
        FatalStep.plant(debugPort, step, process::terminate);
    }

    /// The same, and the cutover goes no further, whatever the rest of the program does.
    void stopStuckAt(Step step) throws IOException {
        FatalStep.plant(
                debugPort,
                step,
                () -> {
                    process.terminate();
                    CrashLab.awaiting("its end").until(() -> !process.isAlive());
                });
    }

    /// Waits until it has ended by itself, as after a stop.
    void awaitStop() throws InterruptedException {
        assertThat(process.awaitEnd()).as(process::error).isZero();
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
    void awaitKill(String answer) throws InterruptedException {
        CrashLab.awaiting("its death, not " + answer).until(() -> !process.isAlive());
        assertThat(process.awaitEnd()).as(process::error).isEqualTo(KILLED);
    }

    /// By SIGKILL, from outside; returns when it is dead.
    void kill() {
        process.close();
    }

    @Override
    public void close() {
        kill();
    }
}
