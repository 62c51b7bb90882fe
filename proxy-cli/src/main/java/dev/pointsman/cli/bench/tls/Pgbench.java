package dev.pointsman.cli.bench.tls;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.ExitCode;
import dev.pointsman.cli.load.Address;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The load: pgbench of the system, in a process of its own.
final class Pgbench {
    /// One kind of load, as pgbench's options.
    enum Load {
        SMALL,
        LARGE,
        PACED;

        private List<String> options() {
            return switch (this) {
                case SMALL -> List.of("-S", "-c", "8", "-T", "4");
                case LARGE -> List.of("-f", "large.sql", "-c", "4", "-T", "3");
                case PACED ->
                        List.of("-S", "-c", "8", "-T", "6", "-R", "400", "-l", "--log-prefix=each");
            };
        }
    }

    private static final String LARGE = "SELECT repeat('0123456789abcdef', 8192);\n";
    private static final Pattern COUNT =
            Pattern.compile("number of transactions actually processed: (\\d+)");
    private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+)");

    private final Path folder;

    /// @param folder where it may write
    Pgbench(Path folder) throws IOException {
        this.folder = folder;
        Files.writeString(folder.resolve("large.sql"), LARGE);
    }

    /// What one run did.
    record Traffic(long transactions, double perSecond) {
        static Traffic read(String said) {
            var count = COUNT.matcher(said);
            var rate = RATE.matcher(said);
            if (!count.find() || !rate.find()) {
                throw new CommandFailure(ExitCode.FAILED, "pgbench said: " + said.strip());
            }
            return new Traffic(Long.parseLong(count.group(1)), Double.parseDouble(rate.group(1)));
        }
    }

    /// Makes its tables.
    void fill(Address address) throws IOException, InterruptedException {
        run(address, false, List.of("-i", "-q"));
    }

    Traffic run(Address address, boolean encrypted, Load load)
            throws IOException, InterruptedException {
        return Traffic.read(run(address, encrypted, load.options()));
    }

    /// How long each transaction took from when it was to begin, in milliseconds and in ascending
    /// order; without those that ended before `from`.
    List<Double> paced(Address address, boolean encrypted, Instant from)
            throws IOException, InterruptedException {
        run(address, encrypted, Load.PACED.options());
        try (Stream<Path> files = Files.list(folder)) {
            var log =
                    files.filter(file -> file.getFileName().toString().startsWith("each."))
                            .findFirst()
                            .orElseThrow(() -> new IOException("pgbench wrote no log"));
            var latencies = latencies(Files.readAllLines(log), from);
            Files.delete(log);
            if (latencies.isEmpty()) {
                throw new CommandFailure(ExitCode.FAILED, "pgbench got nothing done");
            }
            return latencies;
        }
    }

    /// Of the lines of its log: client, number, microseconds, script, and the end's time.
    static List<Double> latencies(List<String> log, Instant from) {
        return log.stream()
                .map(line -> line.split(" "))
                .filter(line -> Long.parseLong(line[4]) >= from.getEpochSecond())
                .map(line -> Long.parseLong(line[2]) / 1e3)
                .sorted()
                .toList();
    }

    private String run(Address address, boolean encrypted, List<String> options)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("pgbench", "-n"));
        command.addAll(options);
        command.addAll(List.of("-h", address.host(), "-p", Integer.toString(address.port())));
        command.addAll(List.of("-U", address.user(), address.database()));
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        var environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("PG"));
        environment.put("LC_ALL", "C");
        environment.put("PGPASSWORD", address.password());
        environment.put("PGGSSENCMODE", "disable");
        environment.put("PGSSLMODE", encrypted ? "require" : "disable");
        return Programs.run(builder);
    }
}
