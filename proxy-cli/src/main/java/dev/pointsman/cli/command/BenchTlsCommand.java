package dev.pointsman.cli.command;

import dev.pointsman.cli.bench.tls.KeyKind;
import dev.pointsman.cli.bench.tls.TlsBench;
import dev.pointsman.cli.render.Json;
import dev.pointsman.cli.render.Terminal;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

/// The benchmark of encryption towards clients.
@Command(
        name = "tls",
        description = {
            "Measures what encryption towards clients costs: traffic, logins, a storm of",
            "logins beside traffic, and memory; clear, with the Java runtime's engine and with",
            "the native one, in turn on a server of its own. Needs pgbench."
        },
        footer = "Exit code: 0 measured, 1 failed.")
public final class BenchTlsCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Turns of each (${DEFAULT-VALUE}); half a minute for each.")
    private int rounds = 8;

    @Option(
            names = "--native",
            paramLabel = "FOLDER",
            description =
                    "Where the native engine's jars are: netty-tcnative-classes, and"
                            + " netty-tcnative-boringssl-static for this platform. It is left out"
                            + " without.")
    private @Nullable Path jars;

    @Option(
            names = "--key",
            paramLabel = "rsa|ec",
            description = "The certificate's key: RSA-2048 (the default), or P-256.")
    private KeyKind key = KeyKind.RSA;

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
        if (jars != null && !Files.isDirectory(jars)) {
            throw new ParameterException(line, "--native must be a folder: " + jars);
        }
        var terminal =
                Terminal.of(json ? line.getErr() : line.getOut(), line.getErr(), System.getenv());
        var result = new TlsBench(terminal, key, Optional.ofNullable(jars)).run(rounds);
        result.print(terminal);
        if (json) {
            line.getOut().println(Json.text(result.fields()));
            line.getOut().flush();
        }
        return 0;
    }
}
