package dev.pointsman.core.pool;

/// What pools count, for tests in other packages.
public final class PoolSlots {
    private PoolSlots() {}

    /// How many connections of a user to a server are open, being opened or being closed.
    public static int taken(Pools pools, String database, String server, String user) {
        return pools.slots(database, server).of(user).taken();
    }
}
