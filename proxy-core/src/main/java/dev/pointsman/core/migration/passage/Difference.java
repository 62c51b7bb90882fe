package dev.pointsman.core.migration.passage;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;

/// The world is not as it was when the run looked last, so the attempt cannot go on. Found by the
/// servers themselves, before anything was committed there.
public final class Difference extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    public Difference(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /// What differs; the code is the SQLSTATE by which our functions raise it.
    public enum Kind {
        OURS_BUSY("PM001", "a server connection of ours is not idle"),
        STRANGERS("PM002", "sessions that are not ours"),
        PREPARED("PM003", "prepared transactions"),
        CHANGED("PM004", "tables or sequences were changed since the conditions were checked"),
        NOT_ARRIVED("PM005", "the target did not have everything in time"),
        TABLES("PM006", "tables of the subscription are not ready"),
        SEQUENCES("PM007", "a sequence was reset while the cutover was prepared"),
        HORIZON("PM008", "a transaction that is not ours ran on the source"),
        EPOCH("PM009", "another run has taken this epoch");

        private final String sqlState;
        private final String words;

        Kind(String sqlState, String words) {
            this.sqlState = sqlState;
            this.words = words;
        }

        public String words() {
            return words;
        }

        static Optional<Kind> of(SQLException cause) {
            return Arrays.stream(values())
                    .filter(kind -> kind.sqlState.equals(cause.getSQLState()))
                    .findFirst();
        }
    }

    /// Throws the difference that our functions raised; returns when the cause is something else.
    static void throwIfRaised(SQLException cause) throws Difference {
        var kind = Kind.of(cause);
        if (kind.isPresent()) {
            var text = String.valueOf(cause.getMessage());
            var line = text.lines().findFirst().orElse("").replaceFirst("^ERROR: ", "");
            throw new Difference(kind.get(), kind.get().words() + ": " + line);
        }
    }
}
