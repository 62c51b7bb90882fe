package dev.pointsman.cli.command;

import dev.pointsman.cli.demo.play.DemoOptions;
import dev.pointsman.cli.demo.play.DemoRun;
import dev.pointsman.cli.demo.play.Fault;
import dev.pointsman.cli.load.NoVerdict;
import dev.pointsman.cli.render.Json;
import dev.pointsman.cli.render.Terminal;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;

/// The demo, from the command line.
@Command(
        name = "demo",
        description = {
            "Shows a live migration from PostgreSQL 14 to 18 and back, under load.",
            "Boots two servers of its own, puts real clients on them and checks every"
                    + " acknowledged",
            "write. Needs nothing else; takes less than a minute."
        },
        footer = "Exit code: 0 passed, 1 anything lost, doubled or failed, 130 interrupted.")
public final class DemoCommand implements Callable<Integer> {
    private static final int CLIENTS_MAX = 60;
    private static final int SECONDS_MAX = 3600;

    @Spec private @Nullable CommandSpec spec;

    @Option(names = "--json", description = "End with one JSON object on standard output.")
    private boolean json;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "How long clients work once the migration is ready (${DEFAULT-VALUE}).")
    private int seconds = 20;

    @Option(
            names = "--clients",
            paramLabel = "N",
            description = "Clients that stay connected (${DEFAULT-VALUE}).")
    private int clients = 16;

    @Option(
            names = "--keep",
            description = "Leave everything running, and say how to look in and how to stop it.")
    private boolean keep;

    @Option(
            names = "--plant",
            paramLabel = "lost|duplicate|error",
            description = "Plant a fault that the verdict must find.")
    private Fault fault = Fault.NONE;

    @Override
    public Integer call() throws Exception {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        var line = spec.commandLine();
        if (clients < 1 || clients > CLIENTS_MAX) {
            throw new ParameterException(line, "--clients must be from 1 to " + CLIENTS_MAX);
        }
        if (seconds < 1 || seconds > SECONDS_MAX) {
            throw new ParameterException(line, "--seconds must be from 1 to " + SECONDS_MAX);
        }
        var people = json ? line.getErr() : line.getOut();
        var terminal = Terminal.of(people, line.getErr(), System.getenv());
        var run = new DemoRun(new DemoOptions(seconds, clients, fault), terminal);
        var told = new AtomicBoolean(!json);
        try {
            return run.go(keep, result -> tell(told, result.fields())).status();
        } catch (IOException | SQLException | RuntimeException e) {
            tell(told, NoVerdict.fields(e));
            throw e;
        }
    }

    /// The one object for programs.
    private void tell(AtomicBoolean told, Object fields) {
        if (!told.getAndSet(true) && spec != null) {
            var out = spec.commandLine().getOut();
            out.println(Json.text(fields));
            out.flush();
        }
    }
}
