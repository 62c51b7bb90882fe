package dev.pointsman.cli.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// How a program in another language is run, and whether what it needs is installed here.
sealed interface Toolchain {
    Path PROGRAMS = Path.of("src/test/resources/drivers");
    Path BUILT = Path.of("target/drivers");

    /// The program and its first arguments. Only after [#prepare].
    List<String> command();

    /// Builds or installs what the program needs.
    ///
    /// @throws IOException naming what is missing and the package that has it
    void prepare() throws IOException, InterruptedException;

    /// A script for one of several interpreters: the first that passes the `probe`.
    record Script(List<String> interpreters, List<String> probe, String program, String packages)
            implements Toolchain {
        @Override
        public List<String> command() {
            return List.of(interpreter().orElseThrow(), PROGRAMS.resolve(program).toString());
        }

        @Override
        public void prepare() throws IOException {
            if (interpreter().isEmpty()) {
                throw new IOException(program + " needs the Debian package " + packages);
            }
        }

        private Optional<String> interpreter() {
            return interpreters.stream().filter(this::passes).findFirst();
        }

        private boolean passes(String interpreter) {
            var command = new ArrayList<>(List.of(interpreter));
            command.addAll(probe);
            try {
                return run(command, Path.of("."), Map.of()).isEmpty();
            } catch (IOException e) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }

    /// A program for Node, with its packages put beside it as the lock file says.
    record Node(String program) implements Toolchain {
        @Override
        public List<String> command() {
            return List.of("node", BUILT.resolve("node").resolve(program).toString());
        }

        @Override
        public void prepare() throws IOException, InterruptedException {
            synchronized (Node.class) {
                var folder = BUILT.resolve("node");
                Files.createDirectories(folder);
                boolean installed = Files.isDirectory(folder.resolve("node_modules/postgres"));
                try (var files = Files.list(PROGRAMS.resolve("node"))) {
                    for (var file : files.toList()) {
                        var copy = folder.resolve(file.getFileName());
                        installed &=
                                (Files.exists(copy) && Files.mismatch(file, copy) < 0)
                                        || file.toString().endsWith(".js");
                        Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                    }
                }
                if (!installed) {
                    must(
                            List.of("npm", "ci", "--no-audit", "--no-fund", "--fetch-retries=2"),
                            folder,
                            Map.of(),
                            "node and npm (Debian packages nodejs and npm), and their registry");
                }
            }
        }
    }

    /// A program in Go, built against the libraries that Debian installs.
    record Go(String program, String packages) implements Toolchain {
        @Override
        public List<String> command() {
            return List.of(BUILT.resolve("go").resolve(program).toString());
        }

        @Override
        public void prepare() throws IOException, InterruptedException {
            var built = BUILT.resolve("go").resolve(program).toAbsolutePath();
            must(
                    List.of("go", "build", "-o", built.toString(), "main.go"),
                    PROGRAMS.resolve("go").resolve(program),
                    Map.of("GO111MODULE", "off", "GOPATH", "/usr/share/gocode", "GOFLAGS", ""),
                    "the Debian packages " + packages);
        }
    }

    private static void must(
            List<String> command, Path folder, Map<String, String> environment, String needs)
            throws IOException, InterruptedException {
        Optional<String> problem;
        try {
            problem = run(command, folder, environment);
        } catch (IOException e) {
            problem = Optional.of(String.valueOf(e.getMessage()));
        }
        if (problem.isPresent()) {
            throw new IOException("%s needs %s: %s".formatted(command, needs, problem.get()));
        }
    }

    /// What a command said that failed.
    private static Optional<String> run(
            List<String> command, Path folder, Map<String, String> environment)
            throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().putAll(environment);
        var output = Files.createTempFile("tool", ".out");
        try {
            var process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
            if (!process.waitFor(3, TimeUnit.MINUTES)) {
                process.destroyForcibly().waitFor();
            }
            return process.exitValue() == 0
                    ? Optional.empty()
                    : Optional.of(Files.readString(output));
        } finally {
            Files.delete(output);
        }
    }

    /// A shell script, which needs the `tools`.
    static Script shell(String program, String packages, String... tools) {
        var test = "for t in \"$@\"; do command -v \"$t\" || exit 1; done";
        var probe = new ArrayList<>(List.of("-c", test, "sh"));
        probe.addAll(Arrays.asList(tools));
        return new Script(List.of("sh"), probe, program, packages);
    }
}
