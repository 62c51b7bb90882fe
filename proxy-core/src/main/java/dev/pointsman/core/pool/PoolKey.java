package dev.pointsman.core.pool;

import dev.pointsman.core.pool.quota.Ceilings;

/// What server connections must have in common for a session to take any of them.
public record PoolKey(String database, String server, String user, StartupOptions options) {
    /// The pool whose slots its connections take.
    Ceilings.Pool pool() {
        return new Ceilings.Pool(database, server, user);
    }
}
