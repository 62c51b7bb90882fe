package dev.pointsman.cli.demo.site;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.ExitCode;
import dev.pointsman.cli.Main;
import dev.pointsman.cli.demo.Watchdog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// `pointsman serve` as a child process: this process's own Java, flags and class path. What it
/// logs goes to a file.
public final class ServeChild implements AutoCloseable {
    private static final Duration STOP_MAX = Duration.ofSeconds(5);

    /// Writing an AOT cache takes seconds of both cores.
    private static final Duration LEARNED_MAX = Duration.ofSeconds(60);

    private static final int LOG_LINES = 8;

    private final Process process;
    private final Path log;

    private ServeChild(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /// Starts it and does not wait until it is ready.
    ///
    /// @param more flags of the JVM; they count over its own, the class path too
    public static ServeChild start(Path configuration, Path log, List<String> more)
            throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags());
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(more);
        command.addAll(List.of(Main.class.getName(), "serve", "-c", configuration.toString()));
        var process =
                new ProcessBuilder(command)
                        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        Watchdog.add(process.pid(), "TERM", configuration.toAbsolutePath().resolveSibling(""));
        return new ServeChild(process, log);
    }

    /// What the launcher gave this JVM; not what a debugger or a build added to it.
    private static List<String> flags() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("-XX:") || flag.startsWith("--"))
                .toList();
    }

    public long pid() {
        return process.pid();
    }

    /// Looks whether it still runs.
    ///
    /// @throws CommandFailure when it has ended, with the end of its log
    public void mustLive() {
        if (!process.isAlive()) {
            throw failure("the proxy ended with status " + process.exitValue());
        }
    }

    /// A failure for people, with the end of the log.
    public CommandFailure failure(String what) {
        return new CommandFailure(ExitCode.FAILED, what + "; its log ends: " + endOfLog());
    }

    private String endOfLog() {
        try (Stream<String> lines = Files.lines(log)) {
            var all = lines.filter(line -> !line.isBlank()).toList();
            return String.join(" | ", all.subList(Math.max(0, all.size() - LOG_LINES), all.size()));
        } catch (IOException | UncheckedIOException e) {
            return "(unreadable: " + e.getMessage() + ")";
        }
    }

    /// Asks it to stop, and gives it the time to write down what it has learned.
    void stop() {
        stop(LEARNED_MAX);
    }

    /// Asks it to stop; kills it when it does not.
    @Override
    public void close() {
        stop(STOP_MAX);
    }

    private void stop(Duration limit) {
        process.destroy();
        try {
            if (!process.waitFor(limit)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
        process.onExit().join();
        Watchdog.drop(process.pid());
    }
}
