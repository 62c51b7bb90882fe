package dev.pointsman.cli.operate;

import dev.pointsman.cli.ExitCode;
import dev.pointsman.cli.admin.AdminClient;
import dev.pointsman.cli.admin.Choices;
import dev.pointsman.cli.admin.CommandError;
import dev.pointsman.cli.admin.Words;
import dev.pointsman.cli.render.Json;
import dev.pointsman.cli.render.Table;
import dev.pointsman.cli.render.Terminal;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// The small subcommands: one command of the admin port each, or a few views of it.
public final class Views {
    private Views() {}

    /// Who serves what, and what is under way.
    @Command(name = "status", description = "Shows who serves what, and what is under way.")
    public static final class Status extends AdminCommand {
        private static final List<String> CUTOVER =
                List.of("id", "database", "source", "target", "phase", "at_ms", "dry_run");

        @Override
        ExitCode run(AdminClient client, Terminal terminal) throws CommandError {
            var routes = client.query("SHOW ROUTES");
            var migrations = client.query("SHOW MIGRATION");
            var cutover = client.query("SHOW CUTOVER");
            if (json) {
                var all = new LinkedHashMap<String, Object>();
                all.put("routes", Json.rows(routes));
                all.put("migrations", Json.rows(migrations));
                all.put("cutover", Json.rows(cutover));
                terminal.line(Json.text(all));
                return ExitCode.DONE;
            }
            var table = new Table(terminal);
            table.print(routes);
            migrations.rows().stream()
                    .filter(row -> !row.text("state").equals("none"))
                    .forEach(
                            row ->
                                    terminal.line(
                                            "%s, %s to %s: %s"
                                                    .formatted(
                                                            row.text("database"),
                                                            row.text("source"),
                                                            row.text("target"),
                                                            MigrationFollower.line(row))));
            if (!cutover.rows().isEmpty()) {
                terminal.line("a cutover is in progress:");
                table.print(cutover, CUTOVER);
            }
            return ExitCode.DONE;
        }
    }

    /// Which record decides.
    @Command(
            name = "why",
            description = "Shows which record decides who serves, and what is unfinished.")
    public static final class Why extends AdminCommand {
        @Parameters(arity = "0..1", paramLabel = "DB", description = "The database; else all.")
        private String database = "";

        @Override
        ExitCode run(AdminClient client, Terminal terminal) throws CommandError {
            var scope = database.isEmpty() ? "" : " " + Words.name(database);
            print(client.query("SHOW WHY" + scope), terminal);
            return ExitCode.DONE;
        }
    }

    /// Finishes what a cutover left unfinished.
    @Command(
            name = "repair",
            description = "Finishes or undoes what an interrupted cutover left; safe to run twice.",
            footer = {
                "Exit code: 0 settled, 6 something is still unfinished; with --print-sql 4 when a",
                "server cannot be asked."
            })
    public static final class Repair extends AdminCommand {
        /// The comment that the proxy puts in the place of a server's SQL.
        private static final Predicate<String> SILENT =
                Pattern.compile("^-- server .* cannot be asked: ").asPredicate();

        @Parameters(arity = "0..1", paramLabel = "DB", description = "The database.")
        private String database = "";

        @Option(names = "--dry-run", description = "Say what would be done; do nothing.")
        private boolean dryRun;

        @Option(
                names = "--print-sql",
                description = "Print the SQL that undoes the fence without this program.")
        private boolean printSql;

        @Override
        ExitCode run(AdminClient client, Terminal terminal) throws CommandError {
            var db = Words.name(new Choices(client).database(database));
            if (printSql) {
                var sql = client.query("REPAIR " + db + " PRINT SQL");
                if (json) {
                    print(sql, terminal);
                } else {
                    sql.rows().forEach(row -> terminal.line(row.text("sql")));
                }
                var silent = sql.rows().stream().map(row -> row.text("sql")).anyMatch(SILENT);
                return silent ? ExitCode.UNVERIFIED : ExitCode.DONE;
            }
            var answer = client.query("REPAIR " + db + (dryRun ? " DRY RUN" : ""), terminal::aside);
            print(answer, terminal);
            var unsettled =
                    answer.rows().stream().anyMatch(row -> row.text("settled").matches("f|false"));
            return unsettled && !dryRun ? ExitCode.OUTCOME_UNKNOWN : ExitCode.DONE;
        }
    }

    /// Compares both sides.
    @Command(
            name = "verify",
            description = "Compares source and target, table by table.",
            footer = "Exit code: 0 equal, 4 could not be verified, 7 differences found.")
    public static final class Verify extends AdminCommand {
        @Parameters(arity = "0..1", paramLabel = "DB", description = "The database.")
        private String database = "";

        @Override
        ExitCode run(AdminClient client, Terminal terminal) throws CommandError {
            var db = Words.name(new Choices(client).database(database));
            var answer = client.query("VERIFY " + db, terminal::aside);
            print(answer, terminal);
            var verdicts = answer.rows().stream().map(row -> row.text("verdict")).toList();
            if (verdicts.contains("differs")) {
                return ExitCode.DIFFERENCES;
            }
            return verdicts.contains("unknown") ? ExitCode.UNVERIFIED : ExitCode.DONE;
        }
    }

    /// The least rights.
    @Command(
            name = "grants",
            description = "Prints the least-privilege SQL of the control role for both servers.")
    public static final class Grants extends AdminCommand {
        @Parameters(arity = "0..1", paramLabel = "DB", description = "The database.")
        private String database = "";

        @Override
        ExitCode run(AdminClient client, Terminal terminal) throws CommandError {
            var db = Words.name(new Choices(client).database(database));
            var answer = client.query("SHOW GRANTS " + db);
            if (json) {
                print(answer, terminal);
                return ExitCode.DONE;
            }
            answer.rows().forEach(row -> terminal.line(row.text("sql")));
            return ExitCode.DONE;
        }
    }
}
