package dev.pointsman.core.session;

import dev.pointsman.core.config.Database;
import dev.pointsman.core.gate.LoopGate;
import dev.pointsman.core.meter.DatabaseMeter;
import dev.pointsman.core.pool.LoopPool;
import dev.pointsman.core.pool.Routes;
import dev.pointsman.core.session.pin.Watch;
import dev.pointsman.core.session.prepared.SharedStatements;
import dev.pointsman.core.session.relay.Exit;

/// What the sessions of one database on one event loop share.
public record SessionScope(
        Database database,
        LoopGate gate,
        LoopPool pool,
        Routes routes,
        DatabaseMeter meter,
        Shared shared) {

    /// What they know together of statements, and who tells them of lost server processes.
    public record Shared(SharedStatements statements, Watch watch, Exit.Backends backends) {}
}
