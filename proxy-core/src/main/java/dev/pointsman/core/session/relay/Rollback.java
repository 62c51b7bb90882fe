package dev.pointsman.core.session.relay;

import dev.pointsman.core.session.unit.UnitTracker;
import dev.pointsman.core.wire.message.Requests;

import io.netty.buffer.ByteBuf;

/// Messages of ours that end what a client has left open.
public final class Rollback {
    private static final String FAILS = "the proxy refuses this message";

    private Rollback() {}

    /// Writes what rolls back whatever is open while the server waits for us, never what could
    /// commit it: a run without its Sync is made to fail first. Returns how many ReadyForQuery
    /// answer it.
    public static int write(ByteBuf out, UnitTracker tracker) {
        int readies = 1;
        if (tracker.unitOpen()) {
            endRun(out, tracker);
            readies++;
        }
        block(out);
        return readies;
    }

    /// Writes what ends a run without its Sync, so that nothing of it is committed. One
    /// ReadyForQuery answers it, and says whether the run was in a transaction block.
    static void endRun(ByteBuf out, UnitTracker tracker) {
        if (!tracker.discarding()) {
            Requests.parse(out, "", FAILS);
        }
        Requests.sync(out);
    }

    /// Writes what has the server tell its answers to a run: without its Sync it keeps them for
    /// itself.
    static void hearAnswers(ByteBuf out) {
        Requests.flush(out);
    }

    /// Writes what ends a transaction block. One ReadyForQuery answers it.
    static void block(ByteBuf out) {
        Requests.query(out, "ROLLBACK");
    }
}
