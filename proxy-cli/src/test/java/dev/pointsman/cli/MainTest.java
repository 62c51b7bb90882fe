package dev.pointsman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import picocli.CommandLine;
import picocli.CommandLine.Command;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.stream.Stream;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @MethodSource("everyCommand")
    void everyCommandExplainsItself(CommandLine command) {
        command.setOut(new PrintWriter(out));
        assertThat(command.execute("-h")).isZero();
        assertThat(out.toString()).contains("Usage: " + command.getCommandSpec().qualifiedName());
    }

    @Test
    void theVersionIsTheBuilds() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString().strip()).matches("pointsman \\d+\\.\\d+\\.\\d+.*");
    }

    @Test
    void anUnknownCommandIsAUsageErrorOfOneLine() {
        assertThat(run("fly")).isEqualTo(2);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .endsWith("(see pointsman -h)");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aMissingCommandIsAUsageError() {
        assertThat(run()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "--rounds=0, --rounds must be 1 or more",
        "--native=pom.xml, --native must be a folder",
        "--key=dsa, --key",
    })
    void aBenchmarkOfWhatHasNoMeaningIsAUsageError(String option, String said) {
        assertThat(run("bench", "tls", option)).isEqualTo(2);
        assertThat(err.toString()).contains(said);
    }

    @Test
    void aFailureForPeopleIsOneLineWithItsOwnExitCode() {
        var command = Main.commandLine();
        command.addSubcommand(new Refusing());
        command.setErr(new PrintWriter(err));
        assertThat(command.execute("refusing")).isEqualTo(3);
        assertThat(err.toString()).isEqualToIgnoringNewLines("shop stays on blue; see SHOW WHY");
    }

    @Test
    void whatWasNotForeseenIsToldWithEveryCause() {
        var command = Main.commandLine();
        command.addSubcommand(new Breaking());
        command.setErr(new PrintWriter(err));
        assertThat(command.execute("breaking")).isEqualTo(1);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines(
                        "breaking failed: cannot run it: no space left: on /tmp");
    }

    private int run(String... args) {
        var command = Main.commandLine();
        command.setOut(new PrintWriter(out));
        command.setErr(new PrintWriter(err));
        return command.execute(args);
    }

    static Stream<CommandLine> everyCommand() {
        return withSubcommands(Main.commandLine());
    }

    private static Stream<CommandLine> withSubcommands(CommandLine command) {
        return Stream.concat(
                Stream.of(command),
                command.getSubcommands().values().stream().flatMap(MainTest::withSubcommands));
    }

    @Command(name = "refusing")
    private static final class Refusing implements Runnable {
        @Override
        public void run() {
            throw new CommandFailure(ExitCode.REFUSED, "shop stays on blue\n  see SHOW WHY");
        }
    }

    @Command(name = "breaking")
    private static final class Breaking implements Runnable {
        @Override
        public void run() {
            var root = new IOException("on /tmp");
            throw new UncheckedIOException("cannot run it", new IOException("no space left", root));
        }
    }
}
