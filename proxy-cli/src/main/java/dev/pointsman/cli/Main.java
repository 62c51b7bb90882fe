package dev.pointsman.cli;

import dev.pointsman.cli.command.Pointsman;

import org.slf4j.LoggerFactory;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

import java.io.PrintWriter;

/// The process's entry: parses the command line, runs one subcommand, and turns its end into an
/// exit status. Standard output belongs to the subcommand; errors are one line on standard error.
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /// The command line with all its subcommands; it returns exit statuses and never throws.
    static CommandLine commandLine() {
        var commandLine = new CommandLine(new Pointsman());
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setParameterExceptionHandler(Main::refuse);
        commandLine.setExecutionExceptionHandler(Main::fail);
        return commandLine;
    }

    private static int refuse(ParameterException problem, String[] args) {
        var command = problem.getCommandLine();
        var name = command.getCommandSpec().qualifiedName();
        command.getErr().println(oneLine(problem) + " (see " + name + " -h)");
        return ExitCode.USAGE.status();
    }

    private static int fail(Exception problem, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (problem instanceof CommandFailure failure) {
            err.println(oneLine(failure));
            return failure.exitCode().status();
        }
        err.println(command.getCommandName() + " failed: " + oneLine(problem));
        LoggerFactory.getLogger(Main.class).atDebug().setCause(problem).log("unexpected failure");
        return ExitCode.FAILED.status();
    }

    private static String oneLine(Exception problem) {
        var message = problem.getMessage();
        return message == null
                ? problem.getClass().getSimpleName()
                : message.strip().replaceAll("\\s*\\R\\s*", "; ");
    }
}
