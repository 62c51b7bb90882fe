package dev.pointsman.core.session.replication;

import dev.pointsman.core.pool.Route;
import dev.pointsman.core.wire.message.CancelKey;

/// What the login leaves to a replication connection.
///
/// @param route by which its server was found
/// @param physical whether it copies the whole server rather than decodes one database
public record ReplicationStart(Route route, String user, boolean physical, CancelKey key) {
    /// As SHOW spells it.
    public String kind() {
        return physical ? "physical" : "logical";
    }
}
