package dev.pointsman.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.admin.command.move.Check;
import dev.pointsman.core.cutover.books.FenceMeans;
import dev.pointsman.core.migration.preflight.OfMigration;
import dev.pointsman.core.migration.preflight.Preflight;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The page about checks has a row for each id that `CHECK` may answer with.
class CheckReferenceTest {
    private static final Path PAGE = Path.of("../docs/reference/checks.md");

    /// A row of the page.
    private record Row(String id, String worst, String blocks) {}

    @Test
    void thePageListsExactlyTheChecksThatExist() throws Exception {
        assertThat(rows(page())).extracting(Row::id).isEqualTo(ids());
    }

    private static List<String> ids() {
        var ids = new ArrayList<>(Preflight.ids());
        ids.addAll(List.of(OfMigration.ID, OfMigration.LISTS, FenceMeans.ID, Check.SESSIONS));
        return ids;
    }

    @Test
    void aPlantedRowOfThePageIsFound() throws Exception {
        for (var id : ids()) {
            var planted = page().stream().filter(line -> !line.startsWith("| `" + id + "` |"));
            assertThat(rows(planted.toList()))
                    .as("without " + id)
                    .extracting(Row::id)
                    .isNotEqualTo(ids());
        }
    }

    @Test
    void thePageSaysWhichMayStandInTheWayOfACutover() throws Exception {
        var expected = new ArrayList<>(Preflight.idsBeforeCutover());
        expected.addAll(List.of(OfMigration.LISTS, FenceMeans.ID));

        assertThat(rows(page()))
                .filteredOn(row -> row.blocks().contains("CUTOVER"))
                .extracting(Row::id)
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void whatOnlyWarnsBlocksNothing() throws Exception {
        assertThat(rows(page()))
                .allSatisfy(
                        row ->
                                assertThat(row.blocks().equals("-"))
                                        .as(row.id())
                                        .isEqualTo(List.of("pass", "warn").contains(row.worst())));
    }

    private static List<String> page() throws Exception {
        return Files.readAllLines(PAGE);
    }

    private static List<Row> rows(List<String> page) {
        return page.stream()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split(" \\| ", -1))
                .map(cells -> new Row(cells[0].replaceAll("[|` ]", ""), cells[1], cells[2]))
                .toList();
    }
}
