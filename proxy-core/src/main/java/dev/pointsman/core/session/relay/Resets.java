package dev.pointsman.core.session.relay;

import dev.pointsman.core.server.login.ServerParameters;
import dev.pointsman.core.session.carry.Traces;
import dev.pointsman.core.session.unit.UnitTracker;
import dev.pointsman.core.wire.TransactionStatus;
import dev.pointsman.core.wire.message.ParameterStatus;

import io.netty.buffer.ByteBuf;

import java.util.Locale;
import java.util.Map;

/// Sees in transaction mode what a client has reset, while its server connection knows nothing of
/// what the client's start-up packet asked for. Confined to the session's event loop.
final class Resets {
    private final Map<String, String> asked;
    private boolean seen; // in the unit at hand
    private boolean all;
    private boolean due;

    Resets(Map<String, String> asked) {
        this.asked = asked;
    }

    /// The tag of a command that was run.
    void onTag(ByteBuf bytes, int from, int to) {
        if (!asked.isEmpty() && Traces.isReset(bytes, from, to)) {
            seen = true;
            due = true;
            all |= Traces.isDiscardAll(bytes, from, to);
        }
    }

    /// Whether the client asked for something else than the server's own value that is reported.
    boolean covers(ParameterStatus status, ServerParameters initial) {
        return seen
                && status.value().equals(initial.get(status.name()))
                && asked.containsKey(lower(status.name()));
    }

    /// Tells what the client asked for, unless it knows that already.
    void tell(ClientSide client, ServerParameters told, String name) {
        String value = asked.get(lower(name));
        if (value != null) {
            client.tell(told, ServerParameters.of(Map.of(name, value)));
        }
    }

    /// After a ReadyForQuery: whether the connection is to be given the client's values again, now
    /// that nothing else is under way, not even a part of a message or of a run without its Sync,
    /// and the transaction can run it.
    boolean isDue(UnitTracker tracker, ClientSide client) {
        seen = false;
        return due
                && tracker.atUnitBoundary()
                && !client.relay().insideMessage()
                && tracker.status() != TransactionStatus.FAILED;
    }

    /// Tells also that of which no report came, because the value was the server's own before.
    void tellAll(ClientSide client, ServerParameters told, ServerParameters initial) {
        for (int i = 0; all && i < initial.size(); i++) {
            tell(client, told, initial.name(i));
        }
        due = false;
        all = false;
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
