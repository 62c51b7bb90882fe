package dev.pointsman.cli.operate;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.ExitCode;
import dev.pointsman.cli.admin.AdminClient;
import dev.pointsman.cli.admin.CommandError;
import dev.pointsman.cli.admin.Row;
import dev.pointsman.cli.admin.Words;
import dev.pointsman.cli.render.Bar;
import dev.pointsman.cli.render.Json;
import dev.pointsman.cli.render.Terminal;

/// Looks at a migration until something is decided about it.
final class MigrationFollower {
    private static final long EVERY_MILLIS = 500;

    private final AdminClient client;
    private final Terminal terminal;
    private final boolean json;

    MigrationFollower(AdminClient client, Terminal terminal, boolean json) {
        this.client = client;
        this.terminal = terminal;
        this.json = json;
    }

    /// Says where it stands.
    ExitCode once(String database) throws CommandError {
        return tell(database, line(look(database)));
    }

    /// Waits until it is ready or failed; says what changes meanwhile.
    ExitCode untilReady(String database) throws CommandError, InterruptedException {
        var before = "";
        while (true) {
            var row = look(database);
            var line = line(row);
            switch (row.text("state")) {
                case "ready", "switched", "completed" -> {
                    replace("");
                    return tell(database, line);
                }
                case "failed", "none", "aborting" -> {
                    replace("");
                    throw new CommandFailure(
                            ExitCode.FAILED,
                            "%s: the migration is %s: %s; see migrate status, then migrate abort"
                                    .formatted(database, row.text("state"), row.text("message")));
                }
                default -> {
                    if (terminal.isInteractive()) {
                        replace(line);
                    } else if (!json && !line.equals(before)) {
                        terminal.line(line);
                    }
                    before = line;
                }
            }
            Thread.sleep(EVERY_MILLIS);
        }
    }

    private void replace(String line) {
        if (!json) {
            terminal.replace(line);
        }
    }

    private ExitCode tell(String database, String line) throws CommandError {
        if (json) {
            var answer = client.query("SHOW MIGRATION " + Words.name(database));
            terminal.line(Json.text(Json.rows(answer)));
        } else {
            terminal.line(line);
        }
        return ExitCode.DONE;
    }

    private Row look(String database) throws CommandError {
        var rows = client.query("SHOW MIGRATION " + Words.name(database)).rows();
        if (rows.isEmpty()) {
            throw new CommandFailure(ExitCode.FAILED, database + ": there is no migration");
        }
        return rows.getFirst();
    }

    static String line(Row row) {
        var bar = Bar.of((long) row.number("tables_ready"), (long) row.number("tables"));
        var line = new StringBuilder(row.text("state")).append("  ").append(bar).append(" tables");
        row.value("lag_bytes")
                .ifPresent(
                        _ ->
                                line.append(", ")
                                        .append(Bar.bytes(row.number("lag_bytes")))
                                        .append(" behind"));
        row.value("eta_seconds")
                .ifPresent(eta -> line.append(", about ").append(eta).append(" s left"));
        row.value("waiting_for")
                .filter(what -> !what.isEmpty())
                .ifPresent(what -> line.append(", waiting for ").append(what));
        row.value("message")
                .filter(it -> !it.isEmpty())
                .ifPresent(it -> line.append("; ").append(it));
        return line.toString();
    }
}
