package dev.pointsman.core.pool.row;

import dev.pointsman.core.channel.Ends;

import java.net.SocketAddress;
import java.time.Instant;

/// One server connection, for `SHOW SERVERS`. State is `active`, `idle` or `tested`, as PgBouncer
/// means it; `requestTime` is when it was last lent.
public record ServerRow(
        String database,
        String server,
        String user,
        String state,
        Ends ends,
        Instant connectTime,
        Instant requestTime,
        int pid,
        boolean closeNeeded,
        long epoch) {

    /// Where the server is.
    public SocketAddress address() {
        return ends.remote();
    }

    public SocketAddress localAddress() {
        return ends.local();
    }
}
