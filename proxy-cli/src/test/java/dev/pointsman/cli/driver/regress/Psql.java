package dev.pointsman.cli.driver.regress;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// Runs the suite's files one after the other, as its own runner does, against one address.
record Psql(Path suite, String host, int port, Path results) {
    private static final long SECONDS = 180;

    /// A folder that no server can write to: the suite's own would tell the two apart.
    private static final String NOWHERE = "/nonexistent";

    /// Runs one file of the suite and says where its output is.
    Path run(String name) throws IOException, InterruptedException {
        var output = results.resolve(name + ".out");
        var builder =
                new ProcessBuilder(
                        "psql",
                        "-X",
                        "-a",
                        "-q",
                        "-v",
                        "HIDE_TABLEAM=on",
                        "-v",
                        "HIDE_TOAST_COMPRESSION=on");
        var environment = builder.environment();
        environment.keySet().removeIf(key -> key.startsWith("PG"));
        environment.put("PGHOST", host);
        environment.put("PGPORT", Integer.toString(port));
        environment.put("PGUSER", "postgres");
        environment.put("PGDATABASE", RegressionSuiteTest.DATABASE);
        environment.put("PG_ABS_SRCDIR", suite.toAbsolutePath().toString());
        environment.put("PG_ABS_BUILDDIR", NOWHERE);
        environment.put("PG_LIBDIR", NOWHERE);
        environment.put("PG_DLSUFFIX", ".so");
        environment.put("LC_ALL", "C");
        var process =
                builder.directory(suite.toFile())
                        .redirectInput(suite.resolve("sql").resolve(name + ".sql").toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(name + " does not end");
        }
        return output;
    }
}
