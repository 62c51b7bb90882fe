package dev.pointsman.cli.command;

import dev.pointsman.cli.bench.pause.PauseBench;
import dev.pointsman.cli.render.Json;
import dev.pointsman.cli.render.Terminal;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.util.concurrent.Callable;

/// The pause benchmark.
@Command(
        name = "pause",
        description = {
            "Measures the pause of a cutover beside that of the switch which a careful operator",
            "scripts around PgBouncer, in turn on two servers of its own. Needs pgbouncer."
        },
        footer = "Exit code: 0 measured, 1 failed, 4 the machine was too noisy for a verdict.")
public final class BenchPauseCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Switches of each kind (${DEFAULT-VALUE}).")
    private int rounds = 20;

    @Option(names = "--json", description = "End with one JSON object on standard output.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        var line = spec.commandLine();
        if (rounds < 1) {
            throw new ParameterException(line, "--rounds must be 1 or more");
        }
        var terminal =
                Terminal.of(json ? line.getErr() : line.getOut(), line.getErr(), System.getenv());
        var result = new PauseBench(terminal).run(rounds);
        result.print(terminal);
        if (json) {
            line.getOut().println(Json.text(result.fields()));
            line.getOut().flush();
        }
        return result.exitCode().status();
    }
}
