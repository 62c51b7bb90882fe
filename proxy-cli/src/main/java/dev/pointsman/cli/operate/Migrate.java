package dev.pointsman.cli.operate;

import dev.pointsman.cli.ExitCode;
import dev.pointsman.cli.admin.AdminClient;
import dev.pointsman.cli.admin.Choices;
import dev.pointsman.cli.admin.CommandError;
import dev.pointsman.cli.admin.Words;
import dev.pointsman.cli.render.Json;
import dev.pointsman.cli.render.Terminal;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.util.List;

/// The long part: copying a database and keeping the copy in step.
@Command(
        name = "migrate",
        description = "Copies a database to another server and keeps the copy in step.",
        subcommands = {
            Migrate.Start.class,
            Migrate.Status.class,
            Migrate.Abort.class,
            Migrate.Complete.class
        },
        synopsisSubcommandLabel = "(start | status | abort | complete)")
public final class Migrate implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "Say what: start, status, abort or complete.");
    }

    /// Sets it up, and follows it until a cutover is allowed.
    @Command(name = "start", description = "Starts the copy and follows it until it is ready.")
    static final class Start extends AdminCommand {
        @Parameters(arity = "0..1", paramLabel = "DB", description = "The database.")
        private String database = "";

        @Option(names = "--to", paramLabel = "SERVER", description = "The server to copy to.")
        private String server = "";

        @Option(names = "--dry-run", description = "Print the SQL that would be run; run nothing.")
        private boolean dryRun;

        @Option(
                names = "--accept",
                split = ",",
                paramLabel = "ID",
                description = "Go on in spite of this check.")
        private List<String> accepted = List.of();

        @Option(names = "--detach", description = "Do not wait until it is ready.")
        private boolean detach;

        @Override
        ExitCode run(AdminClient client, Terminal terminal)
                throws CommandError, InterruptedException {
            var choices = new Choices(client);
            var db = choices.database(database);
            var to = choices.server(db, server);
            var command = "MIGRATE %s TO %s ".formatted(Words.name(db), Words.name(to));
            if (dryRun) {
                var plan = client.query(command + "DRY RUN");
                if (json) {
                    print(plan, terminal);
                } else {
                    plan.rows().forEach(row -> terminal.line(row.text("sql")));
                }
                return ExitCode.DONE;
            }
            client.query(command + "START" + accepting(accepted));
            var follower = new MigrationFollower(client, terminal, json);
            return detach ? follower.once(db) : follower.untilReady(db);
        }
    }

    /// Where it stands.
    @Command(name = "status", description = "Shows how far the copy is.")
    static final class Status extends AdminCommand {
        @Parameters(arity = "0..1", paramLabel = "DB", description = "The database; else all.")
        private String database = "";

        @Option(names = "--tables", description = "Show every table of DB.")
        private boolean tables;

        @Override
        ExitCode run(AdminClient client, Terminal terminal) throws CommandError {
            if (tables) {
                var db = new Choices(client).database(database);
                print(client.query("SHOW TABLES " + Words.name(db)), terminal);
            } else {
                var scope = database.isEmpty() ? "" : " " + Words.name(database);
                print(client.query("SHOW MIGRATION" + scope), terminal);
            }
            return ExitCode.DONE;
        }
    }

    /// Undoes it.
    @Command(name = "abort", description = "Undoes the migration; the source serves on.")
    static final class Abort extends AdminCommand {
        @Parameters(arity = "0..1", paramLabel = "DB", description = "The database.")
        private String database = "";

        @Override
        ExitCode run(AdminClient client, Terminal terminal) throws CommandError {
            return end(client, terminal, database, "ABORT", json);
        }
    }

    /// Gives up the way back.
    @Command(name = "complete", description = "Ends the migration; there is no way back then.")
    static final class Complete extends AdminCommand {
        @Parameters(arity = "0..1", paramLabel = "DB", description = "The database.")
        private String database = "";

        @Override
        ExitCode run(AdminClient client, Terminal terminal) throws CommandError {
            return end(client, terminal, database, "COMPLETE", json);
        }
    }

    private static ExitCode end(
            AdminClient client, Terminal terminal, String given, String verb, boolean json)
            throws CommandError {
        var db = new Choices(client).database(given);
        var answer = client.query("MIGRATE %s %s".formatted(Words.name(db), verb), terminal::aside);
        var status = client.query("SHOW MIGRATION " + Words.name(db));
        if (json) {
            terminal.line(Json.text(Json.rows(status)));
        } else {
            status.rows().forEach(row -> terminal.line("%s: %s".formatted(db, row.text("state"))));
            answer.rows().forEach(row -> terminal.line("left to do: " + row.text("left_to_do")));
        }
        return ExitCode.DONE;
    }

    /// The end of a command that goes on in spite of checks.
    static String accepting(List<String> ids) {
        return ids.isEmpty()
                ? ""
                : " ACCEPT " + String.join(", ", ids.stream().map(Words::name).toList());
    }
}
