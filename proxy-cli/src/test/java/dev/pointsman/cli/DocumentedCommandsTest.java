package dev.pointsman.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.config.file.ConfigFile;

import org.junit.jupiter.api.Test;

import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Every command line that the pages tell people to type is one that the program takes, and the
/// README's configuration is one that it starts with.
class DocumentedCommandsTest {
    private static final Path ROOT = Path.of("..");

    /// In running text between backquotes, or a line of a code block.
    private static final Pattern TYPED =
            Pattern.compile("(?m)`(?:\\./)?pointsman ([^`\\n]+)`|^\\./pointsman ([^`\\n#]+)");

    @Test
    void everyCommandLineOfTheReadmeAndOfThePagesIsTaken() throws Exception {
        var lines = new ArrayList<String>();
        for (var page : pages()) {
            lines.addAll(typed(Files.readString(page)));
        }

        assertThat(lines).contains("demo", "serve -c pointsman.yaml", "cutover shop --back");
        assertThat(lines).allSatisfy(DocumentedCommandsTest::isTaken);
    }

    @Test
    void aPlantedCommandLineThatIsNotTakenIsFound() {
        var planted = typed("```sh\n./pointsman cutover shop --forward   # the way on\n```\n");
        assertThat(planted).containsExactly("cutover shop --forward");
        assertThat(isRefused("cutover shop --forward")).isTrue();
        assertThat(isRefused("fly")).isTrue();
        assertThat(isRefused("cutover shop --to green --dry-run")).isFalse();
    }

    @Test
    void theReadmesConfigurationIsOneToStartWith() throws Exception {
        // given
        var readme = Files.readString(ROOT.resolve("README.md"));
        var yaml = block(readme, "yaml");

        // when
        var config =
                ConfigFile.parse(
                        yaml,
                        "pointsman.yaml",
                        ROOT,
                        Map.of(
                                "POINTSMAN_OPERATOR_PASSWORD", "one",
                                "APP_PASSWORD", "two",
                                "CONTROL_PASSWORD", "three"));

        // then
        assertThat(config.database("shop").servers().keySet()).contains("blue", "green");
        assertThat(block(readme, "sh")).contains("./pointsman demo", "mvn verify");
    }

    @Test
    void theChecksOfEveryChangeRunTheReadmesTwoCommands() throws IOException {
        assertThat(Files.readString(ROOT.resolve(".ci/run")))
                .containsPattern("mvn [^\\n]*\\bverify\\b")
                .contains("\n./pointsman demo");
    }

    private static List<Path> pages() throws IOException {
        try (var below = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(Stream.of(ROOT.resolve("README.md")), below)
                    .filter(path -> path.toString().endsWith(".md"))
                    .toList();
        }
    }

    private static List<String> typed(String page) {
        return TYPED.matcher(page)
                .results()
                .map(DocumentedCommandsTest::arguments)
                .filter(line -> !line.contains("…"))
                .toList();
    }

    private static String arguments(MatchResult found) {
        var inText = found.group(1);
        return (inText == null ? found.group(2) : inText).strip();
    }

    private static void isTaken(String line) {
        assertThat(isRefused(line)).as("pointsman " + line).isFalse();
    }

    private static boolean isRefused(String line) {
        try {
            Main.commandLine().parseArgs(line.split(" +"));
            return false;
        } catch (MissingParameterException _) {
            // running text may name a command without what it takes
            return false;
        } catch (ParameterException _) {
            return true;
        }
    }

    private static String block(String page, String kind) {
        var found = Pattern.compile("(?s)```" + kind + "\\n(.*?)```").matcher(page);
        assertThat(found.find()).as("a block of " + kind).isTrue();
        return found.group(1);
    }
}
