package dev.pointsman.cli.demo.site;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.ExitCode;
import dev.pointsman.cli.admin.AdminClient;
import dev.pointsman.cli.admin.CommandError;
import dev.pointsman.cli.admin.Row;
import dev.pointsman.cli.demo.site.Crossing.Way;
import dev.pointsman.cli.load.Recording;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Who gives the commands for one database, through the admin port and nothing else. One thread.
public final class Operator implements AutoCloseable {
    private static final Duration READY_MAX = Duration.ofSeconds(60);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    /// After the answer, for clients that were held to get theirs.
    private static final Duration AFTERMATH = Duration.ofMillis(250);

    private final Site site;
    private final String database;
    private final AdminClient admin;

    public Operator(Site site, String database) {
        this.site = site;
        this.database = database;
        this.admin = AdminClient.open(site.admin());
    }

    /// Starts the migration to green and waits until a cutover is allowed.
    public void migrate(Consumer<String> progress) throws CommandError, InterruptedException {
        admin.query("MIGRATE " + database + " TO " + Pair.GREEN + " START", progress);
        await(Way.FORWARD, progress);
    }

    /// Waits until a cutover this way is allowed.
    ///
    /// @throws CommandFailure when the migration fails or it takes too long
    public void await(Way way, Consumer<String> progress)
            throws CommandError, InterruptedException {
        Predicate<Row> allowed =
                switch (way) {
                    case FORWARD -> row -> row.text("state").equals("ready");
                    case BACK ->
                            row ->
                                    row.text("state").equals("switched")
                                            && row.text("reverse").equals("ready");
                };
        var deadline = System.nanoTime() + READY_MAX.toNanos();
        var row = migration();
        while (!allowed.test(row)) {
            site.mustLive();
            progress.accept(stateOf(row));
            if (row.text("state").equals("failed") || System.nanoTime() - deadline > 0) {
                throw new CommandFailure(
                        ExitCode.FAILED,
                        "%s: no cutover %s is allowed: %s; %s"
                                .formatted(
                                        database, way.words(), stateOf(row), row.text("message")));
            }
            Thread.sleep(LOOK_AGAIN);
            row = migration();
        }
    }

    private Row migration() throws CommandError {
        return admin.query("SHOW MIGRATION").rows().stream()
                .filter(row -> row.text("database").equals(database))
                .findFirst()
                .orElseThrow(
                        () ->
                                new CommandFailure(
                                        ExitCode.FAILED,
                                        "SHOW MIGRATION knows nothing of " + database));
    }

    private static String stateOf(Row row) {
        var state = new StringBuilder("migration ").append(row.text("state"));
        row.value("tables_ready")
                .ifPresent(
                        ready ->
                                state.append(", tables ")
                                        .append(ready)
                                        .append('/')
                                        .append(row.text("tables")));
        row.value("reverse").ifPresent(reverse -> state.append(", way back ").append(reverse));
        row.value("waiting_for").ifPresent(what -> state.append(", waiting for ").append(what));
        return state.toString();
    }

    /// Cuts over, and takes from `recording` what the clients felt.
    ///
    /// @throws CommandError when the proxy refused or rolled back: the source serves
    /// @throws CommandFailure when its own report does not say that it switched
    public Crossing cross(Way way, Recording recording, Consumer<String> progress)
            throws CommandError, InterruptedException {
        var known =
                admin.query("SHOW CUTOVERS").rows().stream()
                        .map(row -> row.text("id"))
                        .collect(Collectors.toSet());
        recording.worst();
        var timeline = admin.query(way.command(database), progress);
        Thread.sleep(AFTERMATH);
        var worst = recording.worst();
        var report =
                admin.query("SHOW CUTOVERS").rows().stream()
                        .filter(row -> !known.contains(row.text("id")))
                        .filter(row -> row.text("outcome").equals("switched"))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new CommandFailure(
                                                ExitCode.FAILED,
                                                "no report of a cutover that switched "
                                                        + way.words()));
        return new Crossing(
                way, timeline, report.number("pause_ms"), (int) report.number("held"), worst);
    }

    /// The server that serves.
    public String serving() throws CommandError {
        return admin.query("SHOW ROUTES").rows().stream()
                .filter(row -> row.text("database").equals(database))
                .map(row -> row.text("server"))
                .findFirst()
                .orElseThrow(
                        () ->
                                new CommandFailure(
                                        ExitCode.FAILED,
                                        "SHOW ROUTES knows nothing of " + database));
    }

    @Override
    public void close() {
        admin.close();
    }
}
