package dev.pointsman.cli.driver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The page about drivers says what the matrix tests.
class DriverReferenceTest {
    private static final Path PAGE = Path.of("../docs/reference/drivers.md");

    @Test
    void thePageListsExactlyWhatTheMatrixTests() throws Exception {
        // given
        var rows =
                Files.readAllLines(PAGE).stream()
                        .filter(line -> line.startsWith("| ") && !line.startsWith("| driver"))
                        .filter(line -> !line.startsWith("| ---"))
                        .map(DriverReferenceTest::withoutVersion)
                        .toList();

        // then
        assertThat(rows)
                .containsExactlyElementsOf(
                        Drivers.all().stream().map(DriverReferenceTest::row).toList());
    }

    private static String row(Driver driver) {
        var both =
                driver.scenarios().stream()
                        .filter(name -> !driver.needsSession().contains(name))
                        .toList();
        return "| %s | %s | %s |"
                .formatted(driver.name(), words(both), words(driver.needsSession()));
    }

    private static String words(List<String> scenarios) {
        return scenarios.isEmpty() ? "-" : String.join(", ", scenarios);
    }

    private static String withoutVersion(String line) {
        var cells = line.split(" \\| ");
        assertThat(cells).as(line).hasSize(4);
        return cells[0] + " | " + cells[2] + " | " + cells[3];
    }
}
