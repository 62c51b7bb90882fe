package dev.pointsman.core.session.prepared;

import dev.pointsman.core.server.ServerConnection;

import io.netty.util.AttributeKey;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// What is prepared on one server connection, by whichever clients, under names of ours. Confined
/// to the connection's event loop.
final class ServerStatements {
    /// No client's statement is sent on under a name that begins so.
    static final String PREFIX = "pointsman_";

    private static final AttributeKey<ServerStatements> HERE =
            AttributeKey.valueOf(ServerStatements.class, "HERE");

    /// A statement's name on this connection.
    static final class Prepared {
        final byte[] name;

        private Prepared(byte[] name) {
            this.name = name;
        }
    }

    private final Map<Statement, Prepared> all = new LinkedHashMap<>(16, 0.75f, true);
    private long names;
    private int resets;

    /// Those of a connection, which forgets them all when it is reset.
    static ServerStatements of(ServerConnection connection) {
        var attribute = connection.channel().attr(HERE);
        var here = attribute.get();
        if (here == null) {
            here = new ServerStatements();
            attribute.set(here);
        }
        if (here.resets != connection.resets()) {
            here.resets = connection.resets();
            here.all.clear();
        }
        return here;
    }

    @Nullable Prepared find(Statement statement) {
        return all.get(statement);
    }

    /// Notes that the statement is being prepared under a name that was never used before.
    Prepared add(Statement statement) {
        var name = (PREFIX + ++names).getBytes(StandardCharsets.US_ASCII);
        var prepared = new Prepared(name);
        all.put(statement, prepared);
        return prepared;
    }

    /// The least recently used, to be closed since there are more than `most`; null while there is
    /// room.
    @Nullable Prepared takeEldest(int most) {
        if (all.size() <= most) {
            return null;
        }
        var eldest = all.entrySet().iterator().next();
        all.remove(eldest.getKey());
        return eldest.getValue();
    }

    /// Its Parse failed, or was discarded.
    void remove(Statement statement, Prepared prepared) {
        all.remove(statement, prepared);
    }

    /// The client has had all of them discarded.
    void clear() {
        all.clear();
    }
}
