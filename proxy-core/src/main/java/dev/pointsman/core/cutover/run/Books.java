package dev.pointsman.core.cutover.run;

import dev.pointsman.core.migration.passage.Passage.Arrived;
import dev.pointsman.core.migration.passage.Passage.Marked;

import java.io.IOException;
import java.sql.SQLException;

/// What is written down about one attempt, in the journal and in the source's record table, and the
/// fence, whose old values are written with it.
public interface Books {

    /// The journal says that the fence is coming. When it cannot, nothing has been done.
    void announceFence() throws IOException;

    /// Keeps others out of the source; the record of the attempt carries the old values, in one
    /// transaction with the changes.
    void raiseFence() throws SQLException;

    /// The journal says that the attempt is open, with room kept for its ending. When it cannot and
    /// no fence was announced, nothing has been done.
    void open() throws IOException;

    /// The source's record table says that the attempt is open, if the fence has not written it
    /// yet, before anybody is held for it. Fails where the epoch is another run's.
    void claim() throws SQLException;

    /// The journal says that the target serves: the point of no return.
    void decided(Marked marked, Arrived arrived) throws IOException;

    /// The source serves: by an epoch of its own in its record table. Lifts the fence in the same
    /// transaction. May be called again, when it or [#undone] failed.
    ///
    /// Where the attempt's epoch turns out to be another instance's, nothing is written on any
    /// server, since it would outrank that one's decision: the journal alone is to say that this
    /// attempt is withdrawn. No fence is touched then, see [#refenceTarget] too.
    void undo() throws SQLException;

    /// The journal says so too, or that the attempt is withdrawn.
    void undone() throws IOException;

    /// A rehearsal went by.
    void rehearsed(Marked marked, Arrived arrived) throws IOException;

    /// A target that was left before is fenced still: lets our own logins in. False in a rehearsal,
    /// where that fence stays as it is.
    boolean openTarget() throws SQLException;

    /// Keeps logins out of the target again; whoever slipped in is ended.
    ///
    /// @throws Abort when he has written there, or does not go
    void closeTarget() throws SQLException, Abort;

    /// Looks once more who has written on a target that was left before; who did so later than this
    /// is told of after the decision.
    ///
    /// @throws Abort naming what was written
    void requireNoStrays() throws SQLException, Abort;

    /// Puts the target's fence up again as it was; for a run that does not switch. Throws nothing,
    /// and does not wait for long: clients may be held. Nothing for a withdrawn attempt: the
    /// instance that crosses says what becomes of it.
    void refenceTarget();
}
