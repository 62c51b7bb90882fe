package dev.pointsman.core.pool.row;

import java.net.SocketAddress;
import java.time.Instant;

/// One server connection, for `SHOW SERVERS`. State is `active`, `idle` or `tested`, as PgBouncer
/// means it; `requestTime` is when it was last lent.
public record ServerRow(
        String database,
        String server,
        String user,
        String state,
        SocketAddress address,
        SocketAddress localAddress,
        Instant connectTime,
        Instant requestTime,
        int pid,
        boolean closeNeeded,
        long epoch) {}
