package dev.pointsman.core.cutover.record;

import dev.pointsman.core.cutover.journal.Line;

/// What follows from the journal and the records of all servers of a database.
public sealed interface Standing {
    /// It is certain who serves. With `renew` the outcome must be given an epoch of its own first,
    /// on the server that serves, because a later one may be on its way elsewhere, unseen.
    record Serves(String server, long epoch, boolean renew, String why) implements Standing {}

    /// An attempt without an outcome leads back: `undo` is the line to be written, in the source's
    /// record table first and in the journal then.
    record Undo(Line undo, String why) implements Standing {}

    /// Nothing can be said yet; clients stay held.
    record Held(String why) implements Standing {}
}
