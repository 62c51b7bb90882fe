package dev.pointsman.core.config;

import java.time.Duration;

/// Bounds, under PgBouncer's names where it has one. A duration of zero is no limit.
///
/// @param maxClientConn clients in all; one more is refused with 53300
/// @param queryWaitTimeout how long a client waits for a server connection (a hold does not count)
/// @param clientLoginTimeout from accept to the end of the login
/// @param serverConnectTimeout from connect to the server's first ReadyForQuery
/// @param serverIdleTimeout after which an idle server connection is closed
/// @param serverLifetime after which a server connection is closed when it comes back
/// @param startupPacketMax bytes of a start-up packet
/// @param heldBytesPerClient bytes kept of one held client; beyond, its socket is not read
/// @param heldBytesTotal bytes kept of all held clients together; beyond, no held socket is read
public record Limits(
        int maxClientConn,
        Duration queryWaitTimeout,
        Duration clientLoginTimeout,
        Duration serverConnectTimeout,
        Duration serverIdleTimeout,
        Duration serverLifetime,
        int startupPacketMax,
        long heldBytesPerClient,
        long heldBytesTotal) {

    /// What holds where a file says nothing.
    public static Limits defaults() {
        return new Limits(
                10_000,
                Duration.ofSeconds(120),
                Duration.ofSeconds(60),
                Duration.ofSeconds(15),
                Duration.ofSeconds(600),
                Duration.ofHours(1),
                10_000,
                1L << 20,
                256L << 20);
    }
}
