package dev.pointsman.cli.operate;

import dev.pointsman.cli.ExitCode;
import dev.pointsman.cli.admin.AdminClient;
import dev.pointsman.cli.admin.Answer;
import dev.pointsman.cli.admin.Answer.Column;
import dev.pointsman.cli.admin.CommandError;
import dev.pointsman.cli.admin.Row;
import dev.pointsman.cli.render.Bar;
import dev.pointsman.cli.render.Json;
import dev.pointsman.cli.render.Table;
import dev.pointsman.cli.render.Terminal;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.LinkedHashMap;
import java.util.List;

/// Traffic per database, again and again.
@Command(name = "top", description = "Shows the traffic of each database, once a second.")
public final class Top extends AdminCommand {
    private static final List<Column> COLUMNS =
            List.of(
                    new Column("database", false),
                    new Column("server", false),
                    new Column("state", false),
                    new Column("active", true),
                    new Column("waiting", true),
                    new Column("transactions_per_s", true),
                    new Column("queries_per_s", true),
                    new Column("query_ms", true),
                    new Column("received_per_s", true),
                    new Column("sent_per_s", true));

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            description = "Seconds between two looks (${DEFAULT-VALUE}).")
    private double interval = 1;

    @Option(names = "--count", paramLabel = "N", description = "Stop after N looks; 0 is never.")
    private int count;

    @Override
    ExitCode run(AdminClient client, Terminal terminal) throws CommandError, InterruptedException {
        var table = new Table(terminal);
        var before = totals(client);
        long then = System.nanoTime();
        for (int looks = 0; count == 0 || looks < count; looks++) {
            Thread.sleep(Math.max(1, Math.round(interval * 1000)));
            var now = totals(client);
            long at = System.nanoTime();
            var answer = look(client, before, now, (at - then) / 1e9);
            before = now;
            then = at;
            if (json) {
                terminal.line(Json.text(Json.rows(answer)));
            } else {
                terminal.clear();
                table.print(answer);
            }
        }
        return ExitCode.DONE;
    }

    private Answer look(AdminClient client, Answer before, Answer now, double seconds)
            throws CommandError {
        var pools = client.query("SHOW POOLS").rows();
        var routes = client.query("SHOW ROUTES").rows();
        return new Answer(
                COLUMNS,
                routes.stream()
                        .map(
                                route -> {
                                    var database = route.text("database");
                                    var mine =
                                            pools.stream()
                                                    .filter(
                                                            row ->
                                                                    row.text("database")
                                                                            .equals(database))
                                                    .toList();
                                    var change =
                                            new Change(
                                                    of(before, database),
                                                    of(now, database),
                                                    seconds);
                                    return row(route, mine, change);
                                })
                        .toList());
    }

    private Row row(Row route, List<Row> pools, Change change) {
        var values = new LinkedHashMap<String, String>();
        values.put("database", route.text("database"));
        values.put("server", route.text("server"));
        values.put("state", route.text("state"));
        values.put("active", sum(pools, "cl_active"));
        values.put("waiting", sum(pools, "cl_waiting"));
        values.put("transactions_per_s", "%.0f".formatted(change.perSecond("xact_count")));
        values.put("queries_per_s", "%.0f".formatted(change.perSecond("query_count")));
        var queries = Math.max(1, change.of("query_count"));
        values.put("query_ms", "%.3f".formatted(change.of("query_time") / queries / 1000));
        values.put("received_per_s", amount(change.perSecond("bytes_received")));
        values.put("sent_per_s", amount(change.perSecond("bytes_sent")));
        return new Row(values.keySet(), values);
    }

    private String amount(double bytes) {
        return json ? "%.0f".formatted(bytes) : Bar.bytes(bytes);
    }

    private static String sum(List<Row> rows, String column) {
        return "%.0f".formatted(rows.stream().mapToDouble(row -> row.number(column)).sum());
    }

    private static Answer totals(AdminClient client) throws CommandError {
        return client.query("SHOW STATS_TOTALS");
    }

    private static Row of(Answer totals, String database) {
        return totals.rows().stream()
                .filter(row -> row.text("database").equals(database))
                .findFirst()
                .orElseGet(totals::absent);
    }

    /// What grew between two looks.
    private record Change(Row before, Row now, double seconds) {
        double of(String column) {
            return Math.max(0, now.number(column) - before.number(column));
        }

        double perSecond(String column) {
            return of(column) / seconds;
        }
    }
}
