package dev.pointsman.core.cutover.journal;

import java.time.Instant;
import java.util.List;

/// One line of the journal: what became true of one epoch of some databases.
///
/// `from` is the server that serves before the attempt, `server` the one that this line is about:
/// for an open attempt the target, for an outcome the one that serves. Positions are empty texts
/// where they mean nothing.
public record Line(Kind kind, Turn turn, List<String> databases, Positions positions, Instant at) {

    /// Which attempt and epoch, between which servers.
    public record Turn(long attempt, long epoch, String from, String server) {}

    /// Positions in the write-ahead logs of the server left and of the one moved to.
    public record Positions(String source, String target) {
        public static final Positions NONE = new Positions("", "");
    }

    /// What a line says.
    public enum Kind {
        /// The source is about to be fenced for this attempt.
        FENCING,
        /// Clients are about to be held.
        OPEN,
        /// The target serves: the point of no return.
        DECIDED,
        /// The source serves, by an epoch of its own.
        UNDONE,
        /// The attempt ended with nothing of it in any server: its epoch is another instance's, who
        /// alone says what becomes of it.
        WITHDRAWN,
        /// Everything that follows a decision was done.
        FINISHED,
        /// A rehearsal went by; means nothing to recovery.
        DRY
    }

    public Line {
        databases = List.copyOf(databases);
    }

    public boolean concerns(String database) {
        return databases.contains(database);
    }

    /// Whether the line says who serves.
    public boolean isOutcome() {
        return kind == Kind.DECIDED || kind == Kind.UNDONE;
    }

    /// Whether the line begins an attempt that needs an outcome.
    public boolean isBeginning() {
        return kind == Kind.FENCING || kind == Kind.OPEN;
    }
}
