package dev.pointsman.cli.command;

import dev.pointsman.cli.Release;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The root of the command line. It does nothing itself; every subcommand is registered here.
@Command(
        name = "pointsman",
        description = "Moves live PostgreSQL traffic from one server to another.",
        versionProvider = Pointsman.OurVersion.class,
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        synopsisSubcommandLabel = "COMMAND")
public final class Pointsman implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A command is missing.");
    }

    static final class OurVersion implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"pointsman " + Release.version()};
        }
    }
}
