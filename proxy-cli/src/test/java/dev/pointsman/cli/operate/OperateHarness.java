package dev.pointsman.cli.operate;

import dev.pointsman.cli.ExitCode;
import dev.pointsman.cli.admin.AdminClient;
import dev.pointsman.cli.admin.CommandError;
import dev.pointsman.cli.render.Terminal;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import picocli.CommandLine;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// Runs subcommands against a scripted admin port.
abstract class OperateHarness {
    static final String CUTOVERS =
            "id:n database source target started outcome pause_ms:n longest_hold_ms:n clients:n"
                    + " held:n transactions_failed:n warnings longest_wait_ms:n";

    final StringWriter out = new StringWriter();
    final StringWriter err = new StringWriter();
    final List<String> asked = new ArrayList<>();
    final CountDownLatch open = new CountDownLatch(0);
    ScriptedAdmin admin;

    @BeforeEach
    void start() throws IOException {
        admin =
                new ScriptedAdmin()
                        .rows("SHOW ROUTES", "database server epoch:n state", "shop|blue|1|serving")
                        .rows("SHOW DATABASES", "name server", "shop|blue", "shop|green")
                        .rows(
                                "SHOW MIGRATION shop",
                                "database state tables:n tables_ready:n lag_bytes:n eta_seconds:n"
                                        + " waiting_for reverse message",
                                "shop|ready|3|3|0|null|null|ready|null");
    }

    @AfterEach
    void stop() throws IOException {
        admin.close();
    }

    ScriptedAdmin.Reply phases() {
        return new ScriptedAdmin.Reply.Rows(
                "phase at_ms:n took_ms:n detail", List.of(List.of("hold", "0.000", "0.400", "")));
    }

    static String report(String outcome) {
        return report(outcome, "null");
    }

    static String report(String outcome, String warnings) {
        return "7|shop|blue|green|now|" + outcome + "|7.900|8.400|16|12|0|" + warnings + "|9.100";
    }

    ExitCode quietly(AdminCommand command) {
        try {
            return run(command);
        } catch (CommandError | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    ExitCode run(AdminCommand command, String... args) throws CommandError, InterruptedException {
        return run(admin, command, args);
    }

    ExitCode run(ScriptedAdmin peer, AdminCommand command, String... args)
            throws CommandError, InterruptedException {
        return run(peer, terminal(false, ""), command, args);
    }

    static ExitCode run(ScriptedAdmin peer, Terminal terminal, AdminCommand command, String... args)
            throws CommandError, InterruptedException {
        var all = new ArrayList<>(List.of(args));
        all.add("--admin=" + peer.url());
        new CommandLine(command).parseArgs(all.toArray(String[]::new));
        try (var client = AdminClient.open(command.address())) {
            return command.run(client, terminal);
        }
    }

    Terminal terminal(boolean interactive, String reply) {
        return new Terminal(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                interactive,
                false,
                question -> {
                    asked.add(question);
                    return reply;
                });
    }
}
