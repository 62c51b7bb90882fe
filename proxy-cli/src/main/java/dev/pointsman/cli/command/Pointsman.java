package dev.pointsman.cli.command;

import dev.pointsman.cli.Release;
import dev.pointsman.cli.operate.Check;
import dev.pointsman.cli.operate.Cutover;
import dev.pointsman.cli.operate.Migrate;
import dev.pointsman.cli.operate.Top;
import dev.pointsman.cli.operate.Views;
import dev.pointsman.cli.serve.Serve;

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
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            Serve.class,
            ConfigCommand.class,
            Check.class,
            Migrate.class,
            Cutover.class,
            Views.Verify.class,
            Views.Status.class,
            Views.Why.class,
            Views.Repair.class,
            Views.Grants.class,
            Top.class,
            BenchCommand.class
        })
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
