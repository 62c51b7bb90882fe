package dev.pointsman.core.cutover.record;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What one server's record table said when it was asked.
public sealed interface Reading {
    String server();

    /// The server could not be asked, for this reason.
    record Unreadable(String server, String why) implements Reading {}

    /// Nobody may ask the server, since no control user is configured: it cannot have been part of
    /// a cutover since.
    record Unasked(String server) implements Reading {}

    /// All rows for the database; none where nothing was ever written.
    record Rows(String server, List<EpochRecord> rows) implements Reading {
        public Rows {
            rows = List.copyOf(rows);
        }

        /// The highest row that is no rehearsal.
        public Optional<EpochRecord> last() {
            return rows.stream()
                    .filter(row -> row.kind() != EpochRecord.Kind.DRY)
                    .max(Comparator.comparingLong(EpochRecord::epoch));
        }
    }
}
