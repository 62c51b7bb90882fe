package dev.pointsman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

class CommandLineReferenceTest {
    private static final Path PAGE = Path.of("../docs/reference/command-line.md");
    private static final Set<String> EVERYWHERE = Set.of("--help", "--version");
    private static final Pattern STATUS = Pattern.compile("\\b\\d+\\b");

    @Test
    void theReferenceListsEverySubcommandWithItsOptionsAndExitCodes() throws IOException {
        assertThat(Files.readString(PAGE)).contains(subcommands());
    }

    @Test
    void theReferenceListsEveryExitCode() throws IOException {
        assertThat(Files.readString(PAGE)).contains(exitCodes());
    }

    @Test
    void aSubcommandThatIsPlantedIsMissedInThePage() throws IOException {
        // given
        var planted = Main.commandLine();
        planted.addSubcommand(new Planted());

        // then
        assertThat(Files.readString(PAGE)).doesNotContain(table(planted));
    }

    @Test
    void whatASubcommandSaysOfItsExitCodesAreExitCodes() {
        var known = Arrays.stream(ExitCode.values()).map(code -> "" + code.status()).toList();
        assertThat(leaves(Main.commandLine()).flatMap(leaf -> statuses(leaf).stream()))
                .isNotEmpty()
                .isSubsetOf(known);
    }

    @CommandLine.Command(name = "fly", description = "Planted.")
    private static final class Planted implements Runnable {
        @Override
        public void run() {}
    }

    private static String subcommands() {
        return table(Main.commandLine());
    }

    private static String table(CommandLine root) {
        return rows(
                "| subcommand | does | options | exit codes |",
                leaves(root).map(CommandLineReferenceTest::row).toList());
    }

    private static String exitCodes() {
        return rows(
                "| exit code | means |",
                Arrays.stream(ExitCode.values())
                        .map(code -> "| %d | %s |".formatted(code.status(), code.meaning()))
                        .toList());
    }

    private static String rows(String heading, List<String> rows) {
        var line = heading.replaceAll("[^|]+", " --- ");
        return heading + "\n" + line + "\n" + String.join("\n", rows) + "\n";
    }

    /// Those that do something themselves.
    private static Stream<CommandLine> leaves(CommandLine command) {
        var below = command.getSubcommands().values().stream().distinct();
        var deeper = below.flatMap(CommandLineReferenceTest::leaves);
        return command.getCommandSpec().userObject() instanceof Runnable
                        && !command.getSubcommands().isEmpty()
                ? deeper
                : Stream.concat(Stream.of(command), deeper);
    }

    private static String row(CommandLine command) {
        var spec = command.getCommandSpec();
        var name = new ArrayList<>(List.of(spec.qualifiedName().replaceFirst("^pointsman ", "")));
        spec.positionalParameters().forEach(one -> name.add("[" + one.paramLabel() + "]"));
        var options =
                spec.options().stream()
                        .filter(one -> EVERYWHERE.stream().noneMatch(one.longestName()::equals))
                        .map(CommandLineReferenceTest::option)
                        .sorted()
                        .collect(Collectors.joining(", "));
        var does = String.join(" ", spec.usageMessage().description());
        return "| `%s` | %s | %s | %s |"
                .formatted(
                        String.join(" ", name),
                        does,
                        options,
                        String.join(", ", statuses(command)));
    }

    private static String option(OptionSpec option) {
        return "`" + option.longestName() + parameter(option).replace("|", "\\|") + "`";
    }

    private static String parameter(ArgSpec option) {
        return option.arity().max() == 0 ? "" : " " + option.paramLabel();
    }

    /// What the help says behind `Exit code`; what can be said of every one when it says nothing.
    private static List<String> statuses(CommandLine command) {
        var footer = String.join(" ", command.getCommandSpec().usageMessage().footer());
        var at = footer.indexOf("Exit code");
        return at < 0
                ? List.of("0")
                : STATUS.matcher(footer.substring(at)).results().map(it -> it.group()).toList();
    }
}
