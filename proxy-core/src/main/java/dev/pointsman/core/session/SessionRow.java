package dev.pointsman.core.session;

import java.net.SocketAddress;
import java.time.Instant;

/// One client as `SHOW CLIENTS` lists it, at about this moment.
///
/// @param serverPid 0 when it has no server connection now
/// @param obstacle why it can perhaps not be carried to another server; empty when nothing is known
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
        String obstacle,
        String tls) {}
