package dev.pointsman.core.simulation.client;

import dev.pointsman.core.simulation.server.Ledger.Op;

import java.util.ArrayList;
import java.util.List;

/// What a client asks in one go: it is answered by one ReadyForQuery.
final class Request {
    enum Kind {
        INSERT,
        EXTENDED,
        COPY,
        BEGIN,
        COMMIT,
        ROLLBACK,
        SELECT,
        SET,
        SHOW,
        LISTEN,
        FAIL
    }

    final Kind kind;
    final List<Op> ops;
    final String text;

    /// Sent only when everything before was answered.
    final boolean waits;

    final List<String> tags = new ArrayList<>();
    final List<String> values = new ArrayList<>();
    String error = "";
    String message = "";
    int sentAt;

    /// A cancel request was under way while this one was.
    boolean cancelled;

    Request(Kind kind, List<Op> ops, String text, boolean waits) {
        this.kind = kind;
        this.ops = ops;
        this.text = text;
        this.waits = waits;
    }

    boolean failed() {
        return !error.isEmpty();
    }

    @Override
    public String toString() {
        return "%s %s '%s' of step %d: %s%s %s %s"
                .formatted(kind, ops, text, sentAt, error, message, tags, values);
    }
}
