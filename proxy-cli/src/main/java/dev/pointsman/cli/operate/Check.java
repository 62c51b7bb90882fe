package dev.pointsman.cli.operate;

import dev.pointsman.cli.ExitCode;
import dev.pointsman.cli.admin.AdminClient;
import dev.pointsman.cli.admin.Choices;
import dev.pointsman.cli.admin.CommandError;
import dev.pointsman.cli.admin.Row;
import dev.pointsman.cli.admin.Words;
import dev.pointsman.cli.render.Json;
import dev.pointsman.cli.render.Terminal;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.stream.Collectors;

/// Preflight: what would stop a migration or a cutover, with how to mend it.
@Command(
        name = "check",
        description = "Checks whether a database can be moved to a server.",
        footer = "Exit code: 0 pass or warn, 3 fail, 4 unknown.")
public final class Check extends AdminCommand {
    @Parameters(arity = "0..1", paramLabel = "DB", description = "The database.")
    private String database = "";

    @Option(names = "--to", paramLabel = "SERVER", description = "The server to move it to.")
    private String server = "";

    @Option(names = "--all", description = "Print the checks that pass, too.")
    private boolean all;

    @Override
    ExitCode run(AdminClient client, Terminal terminal) throws CommandError {
        var choices = new Choices(client);
        var db = choices.database(database);
        var to = choices.server(db, server);
        var answer = client.query("CHECK %s TO %s".formatted(Words.name(db), Words.name(to)));
        var verdicts = answer.rows().stream().map(row -> row.text("verdict")).toList();
        if (json) {
            terminal.line(Json.text(Json.rows(answer)));
        } else {
            answer.rows().stream()
                    .filter(row -> all || !row.text("verdict").equals("pass"))
                    .forEach(row -> print(row, terminal));
            var counts =
                    verdicts.stream()
                            .collect(Collectors.groupingBy(it -> it, Collectors.counting()));
            terminal.line(
                    "%s to %s: %d pass, %d warn, %d fail, %d unknown"
                            .formatted(
                                    db,
                                    to,
                                    counts.getOrDefault("pass", 0L),
                                    counts.getOrDefault("warn", 0L),
                                    counts.getOrDefault("fail", 0L),
                                    counts.getOrDefault("unknown", 0L)));
        }
        if (verdicts.contains("fail")) {
            return ExitCode.REFUSED;
        }
        return verdicts.contains("unknown") ? ExitCode.UNVERIFIED : ExitCode.DONE;
    }

    private static void print(Row row, Terminal terminal) {
        var verdict = row.text("verdict");
        var painted =
                switch (verdict) {
                    case "pass" -> terminal.good(verdict);
                    case "warn" -> terminal.doubtful(verdict);
                    default -> terminal.bad(verdict);
                };
        var where = (row.text("server") + " " + row.text("object")).strip();
        var blocks = row.text("blocks");
        terminal.line(
                "%s  %s%s: %s%s"
                        .formatted(
                                painted,
                                row.text("id"),
                                where.isEmpty() ? "" : " (" + where + ")",
                                row.text("finding"),
                                blocks.isEmpty() || blocks.equals("none")
                                        ? ""
                                        : " [blocks " + blocks + "]"));
        row.value("mend")
                .filter(mend -> !mend.isEmpty())
                .ifPresent(it -> terminal.line("      " + it));
    }
}
