package dev.pointsman.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.admin.command.Grammar;
import dev.pointsman.admin.command.View;
import dev.pointsman.admin.rows.Column;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

class CommandReferenceTest {
    private static final Path PAGE = Path.of("../docs/reference/commands.md");

    @Test
    void theReferenceListsEveryCommandAsSHOW_HELPDoes() throws IOException {
        assertThat(table(page(), "command")).containsExactlyElementsOf(commands());
    }

    @Test
    void aPlantedRowOfTheReferenceIsFound() throws IOException {
        for (var row : commands()) {
            var planted = page().stream().filter(line -> !line.equals(row)).toList();
            assertThat(table(planted, "command")).as("without " + row).isNotEqualTo(commands());
        }
    }

    private static List<String> commands() {
        return Arrays.stream(Grammar.values())
                .map(form -> row(form.syntax(), form.effect()))
                .toList();
    }

    private static List<String> page() throws IOException {
        return Files.readAllLines(PAGE);
    }

    @Test
    void theReferenceListsEveryViewWithItsColumns() throws IOException {
        assertThat(table(page(), "view")).containsExactlyElementsOf(views());
    }

    @Test
    void aPlantedRowOfTheViewsIsFound() throws IOException {
        for (var row : views()) {
            var planted = page().stream().map(line -> line.equals(row) ? row + " |" : line);
            assertThat(table(planted.toList(), "view")).as("with " + row).isNotEqualTo(views());
        }
    }

    private static List<String> views() {
        return Arrays.stream(View.values()).map(CommandReferenceTest::view).toList();
    }

    private static String view(View view) {
        var columns =
                view.columns().stream()
                        .map(Column::name)
                        .map(name -> "`" + name + "`")
                        .collect(Collectors.joining(", "));
        return row(
                "SHOW " + view.word() + (view.takesDatabase() ? " [db]" : ""),
                view.effect() + " | " + columns);
    }

    private static String row(String code, String text) {
        return "| `%s` | %s |".formatted(code.replace("|", "\\|"), text);
    }

    /// The rows of the table whose first heading that is.
    private static List<String> table(List<String> page, String heading) {
        return page.stream()
                .dropWhile(line -> !line.toLowerCase(Locale.ROOT).startsWith("| " + heading + " |"))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .toList();
    }
}
