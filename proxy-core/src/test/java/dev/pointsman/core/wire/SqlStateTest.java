package dev.pointsman.core.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

class SqlStateTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "sqlstates.md");

    @Test
    void thePageOfSqlstatesSaysWhatTheCodeSays() throws IOException {
        // given the page's table: code, name, when, what to do
        var rows = rows(Files.readAllLines(PAGE));

        // then it has a row for each state, in the same order, and tells what to do about it
        assertThat(said(rows)).isEqualTo(expected());
        assertThat(rows).allMatch(row -> cells(row).getLast().length() > 10);
    }

    @Test
    void aPlantedFaultOfThePageIsFound() throws IOException {
        var page = Files.readAllLines(PAGE);
        for (var state : SqlState.values()) {
            var without = page.stream().filter(line -> !line.contains(row(state))).toList();
            assertThat(said(rows(without))).as("without " + state).isNotEqualTo(expected());
        }
    }

    private static List<String> rows(List<String> page) {
        return page.stream().filter(line -> line.startsWith("| `")).toList();
    }

    private static List<String> said(List<String> rows) {
        return rows.stream()
                .map(row -> row.substring(0, row.lastIndexOf("|", row.length() - 2)))
                .toList();
    }

    private static List<String> expected() {
        return Arrays.stream(SqlState.values()).map(SqlStateTest::row).toList();
    }

    @Test
    void codesAreUniqueAndInOrder() {
        var codes = Arrays.stream(SqlState.values()).map(SqlState::code).toList();
        assertThat(codes).doesNotHaveDuplicates().isSorted().allMatch(code -> code.length() == 5);
        assertThat(SqlState.of("57014")).contains(SqlState.QUERY_CANCELED);
        assertThat(SqlState.of("99999")).isEmpty();
    }

    private static String row(SqlState state) {
        return "| `%s` | %s | %s ".formatted(state.code(), state.condition(), state.when());
    }

    private static List<String> cells(String row) {
        return Arrays.stream(row.split("\\|")).map(String::strip).toList();
    }
}
