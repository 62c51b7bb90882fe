package dev.pointsman.cli.bench.tls;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.ExitCode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// Other programs.
final class Programs {
    private Programs() {}

    /// Runs it to its end; what it said.
    ///
    /// @throws CommandFailure when it is not there or fails
    static String run(ProcessBuilder builder) throws IOException, InterruptedException {
        var name = builder.command().getFirst();
        Process process;
        try {
            process = builder.redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.FAILED, name + " cannot be run: " + e.getMessage(), e);
        }
        try {
            process.getOutputStream().close();
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new CommandFailure(ExitCode.FAILED, name + " failed: " + said.strip());
            }
            return said;
        } finally {
            process.destroyForcibly();
        }
    }
}
