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
        err.println(command.getCommandName() + " failed: " + withCauses(problem));
        LoggerFactory.getLogger(Main.class).atDebug().setCause(problem).log("unexpected failure");
        return ExitCode.FAILED.status();
    }

    /// What was not foreseen has no mend, but nothing that is known of it is left out.
    private static String withCauses(Exception problem) {
        var told = new StringBuilder(oneLine(problem));
        for (var at = problem.getCause(); at != null; at = at.getCause()) {
            var more = oneLine(at);
            if (told.indexOf(more) < 0) {
                told.append(": ").append(more);
            }
        }
        return told.toString();
    }

    private static String oneLine(Throwable problem) {
        var message = problem.getMessage();
        return message == null
                ? problem.getClass().getSimpleName()
                : message.strip().replaceAll("\\s*\\R\\s*", "; ");
    }
}
