package dev.pointsman.cli.tls;

import dev.pointsman.cli.driver.Missing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A program of PostgreSQL's, with none of the environment's settings for it.
final class Tool implements AutoCloseable {
    private static final long SECONDS = 120;

    private final Process process;
    private final Path output;

    private Tool(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /// What a program said, and how it ended.
    record Said(int status, String text) {}

    static Tool start(Path folder, String... command) throws IOException {
        var output = Files.createTempFile(folder, "tool", ".out");
        var builder = new ProcessBuilder(List.of(command));
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        builder.redirectErrorStream(true).redirectOutput(output.toFile());
        try {
            var process = builder.start();
            process.getOutputStream().close();
            return new Tool(process, output);
        } catch (IOException e) {
            Missing.tool(command[0] + " is not there: " + e.getMessage());
            throw e;
        }
    }

    static Said run(Path folder, String... command) throws IOException, InterruptedException {
        try (var tool = start(folder, command)) {
            return tool.end();
        }
    }

    /// As Ctrl-C does.
    void interrupt() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    }

    Said end() throws IOException, InterruptedException {
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("it does not end; it said: " + Files.readString(output));
        }
        return new Said(process.exitValue(), Files.readString(output));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
