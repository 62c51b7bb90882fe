package dev.pointsman.cli.driver;

import com.fasterxml.jackson.jr.ob.JSON;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A driver of another language: a program in the test's resources that prints one line of JSON for
/// each scenario. What the programs have to say is in their first lines.
///
/// @param plain what its URLs end with
/// @param encrypted the same over TLS
record Child(
        String name,
        List<String> scenarios,
        List<String> needsSession,
        Toolchain toolchain,
        String plain,
        String encrypted,
        int megabytes,
        boolean writes)
        implements Driver {
    private static final long SECONDS = 120;
    private static final int FEW_MEGABYTES = 8;

    @Override
    public void prepare() throws IOException, InterruptedException {
        toolchain.prepare();
    }

    @Override
    public Account play(Address address, String tag, List<String> asked)
            throws IOException, InterruptedException {
        var arguments = new ArrayList<String>(List.of("play", url(address), tag));
        // The tests' JVM compiles little, and encrypts slowly.
        arguments.add(Integer.toString(address.isEncrypted() ? FEW_MEGABYTES : megabytes));
        arguments.addAll(asked);
        var version = "";
        var findings = new ArrayList<Finding>();
        for (var line : lines(arguments)) {
            if (line.get("scenario") instanceof String scenario) {
                var problem = Boolean.TRUE.equals(line.get("works")) ? "" : "" + line.get("detail");
                findings.add(new Finding(scenario, problem));
            } else {
                version = "" + line.get("version");
            }
        }
        return new Account(version, findings);
    }

    @Override
    public Written write(Address address, int writer, Path stop)
            throws IOException, InterruptedException {
        var number = Integer.toString(writer);
        var lines = lines(List.of("write", url(address), number, stop.toString()));
        var last = lines.getLast();
        return new Written(
                ((Number) last.getOrDefault("acknowledged", -1)).intValue(),
                "" + last.getOrDefault("error", ""));
    }

    private String url(Address address) {
        return address.url() + (address.isEncrypted() ? encrypted : plain);
    }

    private List<Map<String, Object>> lines(List<String> arguments)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(toolchain.command());
        command.addAll(arguments);
        var output = Files.createTempFile("driver", ".out");
        var process =
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .redirectOutput(output.toFile())
                        .start();
        process.getOutputStream().close();
        try {
            var ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
            var found = new ArrayList<Map<String, Object>>();
            for (var line : Files.readAllLines(output)) {
                found.add(JSON.std.mapFrom(line));
            }
            if (found.isEmpty()) {
                throw new IOException(
                        "%s said nothing and %s"
                                .formatted(
                                        command,
                                        ended
                                                ? "ended with " + process.exitValue()
                                                : "did not end in " + SECONDS + " s"));
            }
            return found;
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            Files.delete(output);
        }
    }
}
