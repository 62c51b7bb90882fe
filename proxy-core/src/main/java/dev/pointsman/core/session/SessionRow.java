package dev.pointsman.core.session;

import java.net.SocketAddress;
import java.time.Instant;

/// One client as `SHOW CLIENTS` lists it, at about this moment.
///
/// @param serverPid 0 when it has no server connection now
/// @param tls protocol and cipher; empty when it does not encrypt
public record SessionRow(
        long id,
        String database,
        String user,
        SocketAddress clientAddress,
        SocketAddress localAddress,
        SessionState state,
        String applicationName,
        int serverPid,
        Instant connectedAt,
        Instant requestedAt,
        Ties ties,
        String tls) {

    /// What ties a client to its server connection.
    ///
    /// @param obstacle why it can perhaps not be carried to another server; empty when nothing is
    ///   known
    /// @param pinned in transaction mode: what keeps the connection with the client, one word each,
    ///   separated by commas; empty when nothing does
    /// @param replication `none`, `logical` or `physical`
    public record Ties(String obstacle, String pinned, String replication) {}
}
