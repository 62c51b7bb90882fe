package dev.pointsman.core.cutover.journal;

import static org.assertj.core.api.Assertions.assertThat;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;

/// What a power cut leaves. Without these every other test passes: a page cache forgets nothing
/// until the machine goes down.
class JournalDurabilityTest {
    private static final String FORCE = "jdk.FileForce";

    @TempDir Path state;

    private static Line line(Line.Kind kind) {
        return new Line(
                kind,
                new Line.Turn(1, 1, "blue", "green"),
                List.of("shop"),
                Line.Positions.NONE,
                Instant.EPOCH);
    }

    private static FileChannel cached(Path file) throws IOException {
        return new Cached(
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
    }

    @Test
    void everyLineIsOnDiskBeforeItCountsAsSaid() throws Exception {
        // given
        var open = line(Line.Kind.OPEN);
        var decided = line(Line.Kind.DECIDED);
        try (var folder = StateFolder.open(state)) {
            var journal = Journal.open(folder, JournalDurabilityTest::cached);

            // when, then: the power fails behind each of them
            journal.append(open);
            assertThat(afterThePowerFailed(folder)).containsExactly(open);
            journal.append(decided);
            assertThat(afterThePowerFailed(folder)).containsExactly(open, decided);
        }
    }

    private static List<Line> afterThePowerFailed(StateFolder folder) throws Exception {
        try (var journal = Journal.open(folder, file -> new Cached(cached(file)))) {
            return journal.lines("shop");
        }
    }

    @Test
    void theRoomForAnEndingIsOnDiskBeforeAnybodyIsHeld() throws Exception {
        try (var folder = StateFolder.open(state)) {
            var journal = Journal.open(folder, JournalDurabilityTest::cached);
            journal.append(line(Line.Kind.OPEN));

            journal.makeRoom();

            var file = state.resolve("journal");
            assertThat(Files.size(file))
                    .isEqualTo(Files.readString(file).stripTrailing().length() + 1 + Journal.ROOM);
        }
    }

    @Test
    void theFileAndTheNameOfANewJournalAreForcedForGood() throws Exception {
        // given: the calls that the runtime makes on files
        var kept = state.resolve("calls.jfr");
        var folder = StateFolder.open(state.resolve("folder"));
        try (folder;
                var recording = new Recording()) {
            recording.enable(FORCE).withoutThreshold().withoutStackTrace();
            recording.start();

            // when
            try (var journal = Journal.open(folder)) {
                journal.append(line(Line.Kind.DECIDED));
            }
            recording.stop();
            recording.dump(kept);
        }

        // then: room, the folder, and the line
        assertThat(RecordingFile.readAllEvents(kept).stream().map(call -> call.getString("path")))
                .filteredOn(path -> path != null && path.startsWith(folder.path().toString()))
                .containsExactlyInAnyOrder(
                        folder.path().resolve("journal").toString(),
                        folder.path().toString(),
                        folder.path().resolve("journal").toString());
    }
}
