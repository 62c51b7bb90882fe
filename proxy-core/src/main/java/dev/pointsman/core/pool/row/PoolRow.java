package dev.pointsman.core.pool.row;

import dev.pointsman.core.config.Database.PoolMode;

import java.time.Duration;

/// The pool of one database, server and user over all loops, for `SHOW POOLS`. Names and meaning
/// are PgBouncer's; who is held at a gate is not counted here.
public record PoolRow(
        String database,
        String server,
        String user,
        int clActive,
        int clWaiting,
        int svActive,
        int svIdle,
        int svUsed,
        int svTested,
        int svLogin,
        Duration maxWait,
        PoolMode mode) {
    /// The same pool on another loop, added.
    public PoolRow plus(PoolRow other) {
        return new PoolRow(
                database,
                server,
                user,
                clActive + other.clActive,
                clWaiting + other.clWaiting,
                svActive + other.svActive,
                svIdle + other.svIdle,
                svUsed + other.svUsed,
                svTested + other.svTested,
                svLogin + other.svLogin,
                maxWait.compareTo(other.maxWait) > 0 ? maxWait : other.maxWait,
                mode);
    }
}
