package dev.pointsman.cli;

import org.awaitility.Awaitility;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// The program in a process of its own, as a shell would run it.
public final class MainProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Process process;
    private final Path out;
    private final Path err;

    private MainProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /// Runs a subcommand. What it says goes to files in `folder`.
    public static MainProcess start(Path folder, String... arguments) throws IOException {
        return start(folder, List.of(), List.of(arguments));
    }

    /// The same with flags for the JVM.
    public static MainProcess start(Path folder, List<String> flags, List<String> arguments)
            throws IOException {
        return start(folder, flags, arguments, Map.of());
    }

    /// The same on a machine whose PATH leads into one folder alone.
    public static MainProcess startOnPath(Path path, Path folder, String... arguments)
            throws IOException {
        return start(folder, List.of(), List.of(arguments), Map.of("PATH", path.toString()));
    }

    private static MainProcess start(
            Path folder,
            List<String> flags,
            List<String> arguments,
            Map<String, String> environment)
            throws IOException {
        var out = Files.createTempFile(folder, "main", ".out");
        var err = Files.createTempFile(folder, "main", ".err");
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(Main.class.getName());
        command.addAll(arguments);
        var builder =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().putAll(environment);
        var process = builder.start();
        return new MainProcess(process, out, err);
    }

    /// Waits until a text stands on its standard error, or it has ended.
    public String awaitError(String text) {
        Awaitility.await(text)
                .atMost(PATIENCE)
                .until(() -> error().contains(text) || !process.isAlive());
        return error();
    }

    /// Waits until a text stands on its standard output, or it has ended.
    public String awaitOutput(String text) {
        Awaitility.await(text)
                .atMost(PATIENCE)
                .until(() -> output().contains(text) || !process.isAlive());
        return output();
    }

    /// The number behind `key="…:NUMBER"` or `key="NUMBER"` in a log.
    public static int port(String log, String key) {
        var found = Pattern.compile("\\b" + key + "=\"(?:[^\"]*:)?(\\d+)\"").matcher(log);
        if (!found.find()) {
            throw new AssertionError("no " + key + " in its log:\n" + log);
        }
        return Integer.parseInt(found.group(1));
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /// SIGTERM.
    public void terminate() {
        process.destroy();
    }

    public int awaitEnd() throws InterruptedException {
        if (!process.waitFor(PATIENCE)) {
            throw new AssertionError("it still runs; it said:\n" + output() + error());
        }
        return process.exitValue();
    }

    public String error() {
        return text(err);
    }

    public String output() {
        return text(out);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
