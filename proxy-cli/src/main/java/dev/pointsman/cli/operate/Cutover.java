package dev.pointsman.cli.operate;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.ExitCode;
import dev.pointsman.cli.admin.AdminClient;
import dev.pointsman.cli.admin.Choices;
import dev.pointsman.cli.admin.CommandError;
import dev.pointsman.cli.admin.Words;
import dev.pointsman.cli.render.Json;
import dev.pointsman.cli.render.Terminal;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The switch: there, back, as a rehearsal, or given up.
@Command(
        name = "cutover",
        description = "Switches a database to another server under live traffic.",
        footer = {
            "Exit code: 0 done, 3 refused or rolled back, 5 switched with trouble afterwards,",
            "6 outcome unknown (run why), 130 interrupted. Ctrl-C gives the switch up unless it is",
            "decided already."
        })
public final class Cutover extends AdminCommand {
    @Parameters(arity = "0..1", paramLabel = "DB", description = "The database.")
    private String database = "";

    @ArgGroup private Way way = new Way();

    @Option(names = "--dry-run", description = "Rehearse: hold, prove, and let go on the source.")
    private boolean dryRun;

    @Option(
            names = "--max-pause",
            paramLabel = "100ms",
            description = "Give up rather than hold clients for longer.")
    private String maxPause = "";

    @Option(
            names = "--accept",
            split = ",",
            paramLabel = "ID",
            description = "Go on in spite of this check.")
    private List<String> accepted = List.of();

    @Option(
            names = "--ignoring-strays",
            description = "With --back: go even though writes came past the proxy.")
    private boolean ignoringStrays;

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    /// Where to, one of the three.
    static final class Way {
        @Option(names = "--to", paramLabel = "SERVER", description = "The server to switch to.")
        private String server = "";

        @Option(names = "--back", description = "Where the last cutover came from.")
        private boolean back;

        @Option(names = "--cancel", description = "Give up the one in progress.")
        private boolean cancel;
    }

    @Override
    ExitCode run(AdminClient client, Terminal terminal) throws CommandError {
        var db = new Choices(client).database(database);
        if (way.cancel) {
            client.query("CUTOVER %s CANCEL".formatted(Words.name(db)), terminal::aside);
            terminal.line(
                    json
                            ? Json.text(new TreeMap<>(Map.of("database", db, "cancelled", true)))
                            : db + ": the cutover in progress is given up");
            return ExitCode.DONE;
        }
        if (ignoringStrays && !way.back) {
            throw new CommandFailure(ExitCode.USAGE, "--ignoring-strays belongs to --back");
        }
        var direction = direction(client, db);
        var forecast = new Forecast(client, db);
        if (terminal.isInteractive() && !yes && !json) {
            terminal.line(forecast.text(dryRun, direction));
            if (!terminal.agrees(dryRun ? "Rehearse now?" : "Switch now?")) {
                terminal.line("nothing was done");
                return ExitCode.REFUSED;
            }
        }
        var run = new CutoverRun(client, terminal, db, json);
        try (var _ = new CancelOnInterrupt(address(), db, terminal, run::isOver)) {
            return run.go(command(db, direction));
        }
    }

    private String command(String db, String direction) {
        var command = new StringBuilder("CUTOVER ").append(Words.name(db)).append(direction);
        if (ignoringStrays) {
            command.append(" IGNORING STRAYS");
        }
        if (dryRun) {
            command.append(" DRY RUN");
        }
        if (!maxPause.isEmpty()) {
            command.append(" MAX PAUSE ").append(maxPause);
        }
        return command.append(Migrate.accepting(accepted)).toString();
    }

    private String direction(AdminClient client, String db) throws CommandError {
        if (way.back) {
            return " BACK";
        }
        var switched =
                client.query("SHOW MIGRATION " + Words.name(db)).rows().stream()
                        .anyMatch(row -> row.text("state").equals("switched"));
        if (way.server.isEmpty() && switched) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    db + " was switched before; say --back, or --to SERVER for a third one");
        }
        return " TO " + Words.name(new Choices(client).server(db, way.server));
    }
}
