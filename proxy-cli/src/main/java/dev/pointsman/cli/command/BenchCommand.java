package dev.pointsman.cli.command;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.ExitCode;
import dev.pointsman.cli.bench.Bench;
import dev.pointsman.cli.bench.LoadUrl;
import dev.pointsman.cli.load.Address.Statements;
import dev.pointsman.cli.load.LoadSettings;
import dev.pointsman.cli.load.LoadTables;
import dev.pointsman.cli.load.NoVerdict;
import dev.pointsman.cli.load.progress.Progress;
import dev.pointsman.cli.render.Json;
import dev.pointsman.cli.render.Terminal;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;

/// Load on any PostgreSQL address.
@Command(
        name = "bench",
        subcommands = {BenchPauseCommand.class, BenchTlsCommand.class},
        description = {
            "Measures the transactions of clients at any PostgreSQL address.",
            "Looks for every acknowledged write afterwards. Works in a schema of its own, which it",
            "makes when it is missing."
        },
        footer = {
            "To see a cutover through an application's eyes: --setup-only before the migration",
            "starts, then a run over the time of the cutover.",
            "Exit code: 0 passed, 1 anything lost, doubled or failed."
        })
public final class BenchCommand implements Callable<Integer> {
    private static final int CLIENTS_MAX = 2000;

    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description =
                    "Where to: postgres://user@host:port/database (${DEFAULT-VALUE}). The password"
                            + " may also come from PGPASSWORD or .pgpass.")
    private String url = "postgres://postgres@127.0.0.1:6432/postgres";

    @Option(names = "--seconds", paramLabel = "N", description = "How long (${DEFAULT-VALUE}).")
    private int seconds = 10;

    @Option(
            names = "--clients",
            paramLabel = "N",
            description = "Clients that stay connected (${DEFAULT-VALUE}).")
    private int clients = 16;

    @Option(
            names = "--newcomers",
            paramLabel = "N",
            description = "Clients that log in and leave all the while (${DEFAULT-VALUE}).")
    private int newcomers = 1;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Transactions a second in all; 0 is as fast as it goes.")
    private int rate;

    @Option(
            names = "--unnamed",
            description = "No named prepared statements, as transaction pools may want it.")
    private boolean unnamed;

    @Option(
            names = "--schema",
            paramLabel = "NAME",
            description = "Where its tables are (${DEFAULT-VALUE}).")
    private String schema = "pointsman_bench";

    @Option(names = "--setup-only", description = "Make the tables and run nothing.")
    private boolean setupOnly;

    @Option(names = "--drop", description = "Drop the schema at the end.")
    private boolean drop;

    @Option(names = "--json", description = "End with one JSON object on standard output.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        var line = spec.commandLine();
        if (clients < 1 || clients > CLIENTS_MAX || newcomers < 0 || newcomers > CLIENTS_MAX) {
            throw new ParameterException(line, "--clients must be from 1 to " + CLIENTS_MAX);
        }
        if (seconds < 1 || rate < 0 || !schema.matches(LoadTables.PLAIN_NAME)) {
            throw new ParameterException(
                    line, "--seconds, --rate or --schema has no meaning as it is");
        }
        var terminal =
                Terminal.of(json ? line.getErr() : line.getOut(), line.getErr(), System.getenv());
        var address = LoadUrl.parse(url, System.getenv());
        var statements = unnamed ? Statements.UNNAMED : Statements.PREPARED;
        var bench =
                new Bench(
                        address,
                        new LoadTables(schema),
                        new LoadSettings(clients, newcomers, rate, statements));
        try {
            return run(bench, terminal).status();
        } catch (SQLException e) {
            var failure =
                    new CommandFailure(
                            ExitCode.FAILED,
                            "%s: %s; mend --url, or what stands in its way there"
                                    .formatted(address, e.getMessage()),
                            e);
            if (json) {
                line.getOut().println(Json.text(NoVerdict.fields(failure)));
                line.getOut().flush();
            }
            throw failure;
        }
    }

    private ExitCode run(Bench bench, Terminal terminal) throws SQLException, InterruptedException {
        bench.setUp();
        if (setupOnly) {
            terminal.line("the tables are there, in the schema " + schema);
            return ExitCode.DONE;
        }
        try (var progress = new Progress(terminal)) {
            var result = bench.run(Duration.ofSeconds(seconds), progress);
            result.print(terminal);
            if (drop) {
                bench.tearDown();
            } else {
                terminal.line("its tables stay in the schema " + schema + "; --drop drops them");
            }
            if (json && spec != null) {
                spec.commandLine().getOut().println(Json.text(result.fields()));
                spec.commandLine().getOut().flush();
            }
            return result.verdict().clean() ? ExitCode.DONE : ExitCode.FAILED;
        }
    }
}
