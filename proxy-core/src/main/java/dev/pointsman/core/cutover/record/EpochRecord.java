package dev.pointsman.core.cutover.record;

import dev.pointsman.core.cutover.journal.Line;

import java.util.List;
import java.util.Locale;

/// One row of a server's record table. `server` is who serves from this epoch on, or for an open
/// attempt who shall. `fence` is JSON: on the server left, the old values to put back; on the one
/// moved to, [#SETTLED] once the other one knows the outcome; else empty.
public record EpochRecord(
        Turn turn, Kind kind, List<String> databases, Line.Positions positions, String fence) {

    /// Says on the target that the source knows of the decision, so that no later undo can exist.
    public static final String SETTLED = "{\"settled\":true}";

    public record Turn(long epoch, long attempt, String server, String instance) {}

    public enum Kind {
        OPEN,
        DECIDED,
        UNDONE,
        DRY;

        /// As it stands in the table.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Kind of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    public EpochRecord {
        databases = List.copyOf(databases);
    }

    public long epoch() {
        return turn.epoch();
    }

    public String server() {
        return turn.server();
    }

    public boolean isOutcome() {
        return kind == Kind.DECIDED || kind == Kind.UNDONE;
    }

    public boolean isSettled() {
        return fence.equals(SETTLED);
    }

    /// Whether old values of a fence are kept here, so that it may still be up.
    public boolean isFence() {
        return !fence.isEmpty() && !isSettled();
    }
}
