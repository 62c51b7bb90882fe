package dev.pointsman.cli.operate;

import dev.pointsman.cli.admin.AdminClient;
import dev.pointsman.cli.admin.CommandError;
import dev.pointsman.cli.admin.Row;
import dev.pointsman.cli.admin.Words;

import java.util.Comparator;
import java.util.Set;

/// What is known before a cutover about how it will go: how the last one or its rehearsal went.
final class Forecast {
    private static final Set<String> TOLD = Set.of("switched", "rehearsed");

    private final AdminClient client;
    private final String database;

    Forecast(AdminClient client, String database) {
        this.client = client;
        this.database = database;
    }

    String text(boolean dryRun, String direction) throws CommandError {
        var last =
                client.query("SHOW CUTOVERS").rows().stream()
                        .filter(row -> row.text("database").equals(database))
                        .filter(row -> TOLD.contains(row.text("outcome")))
                        .max(Comparator.comparingDouble(row -> row.number("id")));
        var route =
                client.query("SHOW ROUTES").rows().stream()
                        .filter(row -> row.text("database").equals(database))
                        .findFirst();
        var from = route.map(row -> row.text("server")).orElse("?");
        var what = dryRun ? "Rehearsal of a cutover" : "Cutover";
        var now =
                "%s of %s, served by %s,%s.%n"
                        .formatted(what, Words.name(database), from, to(direction));
        return now
                + last.map(Forecast::told)
                        .orElse(
                                dryRun
                                        ? "There was none before: clients are held for a moment and"
                                                + " go on on the source."
                                        : "It was never rehearsed: --dry-run tells how long clients"
                                                + " will wait.");
    }

    private static String to(String direction) {
        return direction.equals(" BACK")
                ? " back to where it came from"
                : direction.replace(" TO", " to");
    }

    private static String told(Row row) {
        return "The last one (%s, %s) held clients for %s, the longest for %s; %s were held, %s transactions failed."
                .formatted(
                        row.text("outcome"),
                        row.text("started"),
                        row.millis("pause_ms"),
                        row.millis("longest_hold_ms"),
                        row.text("held"),
                        row.text("transactions_failed"));
    }
}
