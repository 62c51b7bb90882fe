package dev.pointsman.cli.operate;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.ExitCode;
import dev.pointsman.cli.admin.AdminClient;
import dev.pointsman.cli.admin.Answer;
import dev.pointsman.cli.admin.CommandError;
import dev.pointsman.cli.admin.Row;
import dev.pointsman.cli.admin.Words;
import dev.pointsman.cli.render.Json;
import dev.pointsman.cli.render.Terminal;
import dev.pointsman.core.cutover.report.Trouble;

import org.jspecify.annotations.Nullable;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Optional;

/// One cutover as the command line sees it: its phases as they come, and how it ended. How it ended
/// is what the proxy's own report says; the command's answer counts only where there is none.
final class CutoverRun {
    private final AdminClient client;
    private final Terminal terminal;
    private final String database;
    private final boolean json;
    private volatile boolean over;
    private boolean told;

    CutoverRun(AdminClient client, Terminal terminal, String database, boolean json) {
        this.client = client;
        this.terminal = terminal;
        this.database = database;
        this.json = json;
    }

    boolean isOver() {
        return over;
    }

    /// Sends `command` and tells what becomes of it.
    ExitCode go(String command) throws CommandError {
        var before =
                report(client.query("SHOW CUTOVERS")).map(row -> row.number("id")).orElse(-1.0);
        try {
            var phases = client.query(command, this::phase);
            over = true;
            if (!json && !told) {
                phases.rows().forEach(row -> terminal.line(line(row)));
            }
            return ended(phases, before);
        } catch (CommandError e) {
            over = true;
            if (e.lost()) {
                throw new CommandFailure(
                        ExitCode.OUTCOME_UNKNOWN,
                        "%s: the admin connection was lost (%s), the cutover goes on without it; run why"
                                .formatted(database, e.text()));
            }
            return failed(e, before);
        }
    }

    private void phase(String notice) {
        told = true;
        if (!json) {
            terminal.line("  " + notice);
        }
    }

    private static String line(Row row) {
        return "  %-9s %10s ms  %s"
                .formatted(row.text("phase"), row.text("took_ms"), row.text("detail"))
                .stripTrailing();
    }

    private ExitCode ended(Answer phases, double before) throws CommandError {
        var all = client.query("SHOW CUTOVERS");
        var report = report(all).filter(row -> row.number("id") > before);
        if (json) {
            var object = new LinkedHashMap<String, @Nullable Object>();
            report.ifPresent(row -> object.putAll(Json.object(all, row)));
            object.put("phases", Json.rows(phases));
            terminal.line(Json.text(object));
        }
        if (report.isEmpty()) {
            return ExitCode.DONE;
        }
        if (!json) {
            terminal.line(summary(report.get()));
            report.get()
                    .value("warnings")
                    .filter(it -> !it.isEmpty())
                    .ifPresent(it -> terminal.line(terminal.doubtful("warning: ") + it));
        }
        var code = code(report.get().text("outcome"));
        if (code != ExitCode.DONE) {
            return code;
        }
        var trouble = report.get().value("warnings").filter(Trouble::isIn);
        if (isWayBackBroken()) {
            terminal.aside(database + ": switched, but the way back is broken; see migrate status");
        } else if (trouble.isPresent()) {
            terminal.aside(database + ": switched, but with trouble afterwards; see why");
        } else {
            return code;
        }
        return ExitCode.SWITCHED_WITH_TROUBLE;
    }

    private ExitCode failed(CommandError e, double before) throws CommandError {
        var all = client.query("SHOW CUTOVERS");
        var report = report(all).filter(row -> row.number("id") > before);
        var code =
                report.map(row -> row.text("outcome"))
                        .filter(outcome -> !outcome.isEmpty())
                        .map(CutoverRun::code)
                        .orElse(e.exitCode());
        if (json) {
            var object = new LinkedHashMap<String, @Nullable Object>();
            report.ifPresent(row -> object.putAll(Json.object(all, row)));
            object.put("sqlstate", e.sqlState());
            object.put("error", e.text());
            terminal.line(Json.text(object));
        }
        if (code == ExitCode.DONE) {
            throw new CommandFailure(ExitCode.SWITCHED_WITH_TROUBLE, e.text());
        }
        throw new CommandFailure(code, e.text());
    }

    private boolean isWayBackBroken() throws CommandError {
        return client.query("SHOW MIGRATION " + Words.name(database)).rows().stream()
                .anyMatch(
                        row ->
                                row.text("reverse").equals("broken")
                                        || row.text("state").equals("failed"));
    }

    private Optional<Row> report(Answer cutovers) {
        return cutovers.rows().stream()
                .filter(row -> row.text("database").equals(database))
                .max(Comparator.comparingDouble(row -> row.number("id")));
    }

    private String summary(Row row) {
        var outcome = row.text("outcome");
        var good = outcome.equals("switched") || outcome.equals("rehearsed");
        var serving =
                outcome.equals("switched")
                        ? "served by " + row.text("target")
                        : "still served by " + row.text("source");
        return "%s: %s, %s; pause %s, longest hold %s, longest wait %s, %s of %s clients held, %s transactions failed"
                .formatted(
                        database,
                        good ? terminal.good(outcome) : terminal.bad(outcome),
                        serving,
                        row.millis("pause_ms"),
                        row.millis("longest_hold_ms"),
                        row.millis("longest_wait_ms"),
                        row.text("held"),
                        row.text("clients"),
                        row.text("transactions_failed"));
    }

    /// The exit code of an outcome.
    static ExitCode code(String outcome) {
        return switch (outcome) {
            case "switched", "rehearsed" -> ExitCode.DONE;
            case "refused", "rolled_back" -> ExitCode.REFUSED;
            default -> ExitCode.OUTCOME_UNKNOWN;
        };
    }
}
