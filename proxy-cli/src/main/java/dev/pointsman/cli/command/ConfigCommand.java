package dev.pointsman.cli.command;

import dev.pointsman.cli.ExitCode;
import dev.pointsman.cli.render.Json;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.config.file.ConfigFile;
import dev.pointsman.core.config.file.ConfigProblems;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/// What can be done with a configuration file without running it.
@Command(
        name = "config",
        description = "Looks at a configuration file.",
        subcommands = ConfigCommand.Check.class)
public final class ConfigCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Say what: check.");
    }

    /// Tells all problems of a file at once.
    @Command(
            name = "check",
            description = "Tells all problems of a file at once, each with line, key and mend.",
            footer = "Exit code: 0 no problem, 2 problems.")
    static final class Check implements Callable<Integer> {
        @Spec private CommandSpec spec;

        @Option(
                names = {"-c", "--config"},
                required = true,
                paramLabel = "FILE",
                description = "The configuration file.")
        private Path file = Path.of("pointsman.yaml");

        @Option(names = "--json", description = "Answer in JSON.")
        private boolean json;

        @Override
        public Integer call() {
            var out = spec.commandLine().getOut();
            try {
                var config = ConfigFile.load(file);
                out.println(
                        json
                                ? "[]"
                                : file
                                        + ": no problem; databases: "
                                        + config.entries().stream()
                                                .map(Database::name)
                                                .collect(Collectors.joining(", ")));
                return ExitCode.DONE.status();
            } catch (ConfigProblems e) {
                if (json) {
                    out.println(
                            Json.text(
                                    e.problems().stream()
                                            .map(
                                                    it -> {
                                                        Map<String, Object> object =
                                                                new LinkedHashMap<>();
                                                        object.put("line", it.line());
                                                        object.put("key", it.key());
                                                        object.put("what", it.what());
                                                        object.put("mend", it.mend());
                                                        return object;
                                                    })
                                            .toList()));
                } else {
                    e.problems().forEach(problem -> out.println(file + ": " + problem));
                }
                return ExitCode.USAGE.status();
            }
        }
    }
}
