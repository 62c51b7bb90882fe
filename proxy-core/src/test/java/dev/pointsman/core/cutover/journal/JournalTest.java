package dev.pointsman.core.cutover.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.core.wire.Refused;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

class JournalTest {
    @TempDir Path state;

    private static Line line(Line.Kind kind, long epoch) {
        return new Line(
                kind,
                new Line.Turn(epoch, epoch, "blue", "green"),
                List.of("shop", "till"),
                new Line.Positions("0/10", "0/20"),
                Instant.parse("2026-01-02T03:04:05.678Z"));
    }

    private Path file() {
        return state.resolve("journal");
    }

    private String text() throws IOException {
        return Files.readString(file());
    }

    private void write(Line... lines) throws Exception {
        try (var folder = StateFolder.open(state);
                var journal = Journal.open(folder)) {
            for (var line : lines) {
                journal.append(line);
            }
        }
    }

    private List<Line> read() throws Exception {
        try (var folder = StateFolder.open(state);
                var journal = Journal.open(folder)) {
            return journal.lines("shop");
        }
    }

    @Test
    void whatWasWrittenIsReadByTheNextProcess() throws Exception {
        var open = line(Line.Kind.OPEN, 1);
        var decided = line(Line.Kind.DECIDED, 1);

        write(open);
        write(decided);

        assertThat(read()).containsExactly(open, decided);
    }

    @Test
    void anInterruptedWriterDoesNotCloseTheJournalForTheOthers() throws Exception {
        // given
        var first = line(Line.Kind.OPEN, 1);
        var second = line(Line.Kind.DECIDED, 1);
        try (var folder = StateFolder.open(state);
                var journal = Journal.open(folder)) {

            // when
            Thread.currentThread().interrupt();
            journal.append(first);
            var stillInterrupted = Thread.interrupted();
            journal.makeRoom();
            journal.append(second);

            // then
            assertThat(stillInterrupted).isTrue();
        }
        assertThat(read()).containsExactly(first, second);
    }

    @Test
    void linesOfOtherDatabasesAreNotShown() throws Exception {
        write(line(Line.Kind.OPEN, 1));

        try (var folder = StateFolder.open(state);
                var journal = Journal.open(folder)) {
            assertThat(journal.lines("till")).hasSize(1);
            assertThat(journal.lines("other")).isEmpty();
        }
    }

    @Test
    void aTornLastLineIsForgottenWhereverItIsTorn() throws Exception {
        write(line(Line.Kind.OPEN, 1), line(Line.Kind.DECIDED, 1));
        var whole = text();
        var first = whole.indexOf('\n') + 1;
        var second = whole.indexOf('\n', first);

        for (int cut = first + 1; cut < second; cut++) {
            // given: the disk holds the line up to here, and the room behind it
            var torn = whole.substring(0, cut) + "\n".repeat(whole.length() - cut);
            Files.writeString(file(), torn);

            // when, then
            assertThat(read()).as("cut at %d", cut).containsExactly(line(Line.Kind.OPEN, 1));
        }
    }

    @Test
    void aLineAfterATornOneTakesItsPlace() throws Exception {
        write(line(Line.Kind.OPEN, 1));
        var whole = text();
        Files.writeString(file(), whole.substring(0, 40) + "\n".repeat(100));

        write(line(Line.Kind.UNDONE, 2));

        assertThat(read()).containsExactly(line(Line.Kind.UNDONE, 2));
    }

    @Test
    void damageBeforeTheLastLineIsRefused() throws Exception {
        write(line(Line.Kind.OPEN, 1), line(Line.Kind.DECIDED, 1));
        Files.writeString(file(), text().replaceFirst("green", "grean"));

        assertThatThrownBy(this::read)
                .isInstanceOf(Refused.class)
                .hasMessageContaining("line 1 is damaged");
    }

    @Test
    void aLineOfANewerVersionIsRefused() throws Exception {
        write(line(Line.Kind.OPEN, 1));
        var json =
                text().lines().findFirst().orElseThrow().substring(9).replace("\"v\":1", "\"v\":2");
        var crc = new CRC32C();
        crc.update(json.getBytes(StandardCharsets.UTF_8));
        Files.writeString(file(), "%08x %s\n".formatted(crc.getValue(), json));

        assertThatThrownBy(this::read)
                .isInstanceOf(Refused.class)
                .hasMessageContaining("another version");
    }

    @Test
    void roomForAnEndingIsThereBeforeItIsNeeded() throws Exception {
        try (var folder = StateFolder.open(state);
                var journal = Journal.open(folder)) {
            journal.makeRoom();
            var size = Files.size(file());

            // when
            journal.append(line(Line.Kind.DECIDED, 1));

            // then
            assertThat(Files.size(file())).isEqualTo(size);
        }
    }

    @Test
    void aLongJournalGrowsBeyondItsRoom() throws Exception {
        var many = new Line[200];
        Arrays.setAll(many, i -> line(Line.Kind.DECIDED, i + 1L));

        write(many);

        assertThat(read()).containsExactly(many);
    }

    @Test
    void aSecondProcessIsRefusedByName() throws Exception {
        try (var _ = StateFolder.open(state)) {
            assertThatThrownBy(() -> StateFolder.open(state))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("in use by process " + ProcessHandle.current().pid());
        }
    }

    @Test
    void theInstanceKeepsItsNameAcrossStarts() throws Exception {
        String first;
        try (var folder = StateFolder.open(state)) {
            first = folder.instance();
        }

        try (var folder = StateFolder.open(state)) {
            assertThat(folder.instance()).isEqualTo(first).matches("[0-9a-f]{12}");
        }
    }

    @Test
    void aFolderThatIsAFileIsRefused() throws Exception {
        var taken = Files.writeString(state.resolve("taken"), "");

        assertThatThrownBy(() -> StateFolder.open(taken))
                .isInstanceOf(Refused.class)
                .hasMessageContaining(taken.toString());
    }
}
