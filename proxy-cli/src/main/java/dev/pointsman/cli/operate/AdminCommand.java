package dev.pointsman.cli.operate;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.ExitCode;
import dev.pointsman.cli.admin.AdminAddress;
import dev.pointsman.cli.admin.AdminClient;
import dev.pointsman.cli.admin.Answer;
import dev.pointsman.cli.admin.CommandError;
import dev.pointsman.cli.render.Json;
import dev.pointsman.cli.render.Table;
import dev.pointsman.cli.render.Terminal;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.util.concurrent.Callable;

/// What all subcommands share that talk to a running proxy: its address, the form of the output,
/// and how errors of the admin port become exit codes.
abstract class AdminCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
            names = "--admin",
            paramLabel = "URL",
            description =
                    "The proxy's admin port; else POINTSMAN_ADMIN, else "
                            + AdminAddress.DEFAULT
                            + ". The password comes from POINTSMAN_ADMIN_PASSWORD, PGPASSWORD or"
                            + " .pgpass.")
    private String admin = "";

    @Option(names = "--json", description = "Answer in JSON.")
    boolean json;

    @Override
    public final Integer call() {
        var line = spec.commandLine();
        var environment = System.getenv();
        var terminal = Terminal.of(line.getOut(), line.getErr(), environment);
        try (var client = AdminClient.open(address())) {
            return run(client, terminal).status();
        } catch (CommandError e) {
            throw new CommandFailure(e.exitCode(), e.text());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return ExitCode.INTERRUPTED.status();
        }
    }

    /// Does the work, logged in.
    abstract ExitCode run(AdminClient client, Terminal terminal)
            throws CommandError, InterruptedException;

    /// Where the admin port is.
    AdminAddress address() {
        return AdminAddress.of(admin, System.getenv());
    }

    /// Prints rows in the form that was asked for.
    void print(Answer answer, Terminal terminal) {
        if (json) {
            terminal.line(Json.text(Json.rows(answer)));
        } else {
            new Table(terminal).print(answer);
        }
    }
}
