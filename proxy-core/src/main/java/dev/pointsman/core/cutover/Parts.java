package dev.pointsman.core.cutover;

import dev.pointsman.core.cluster.Clusters;
import dev.pointsman.core.cutover.after.SlotJob;
import dev.pointsman.core.cutover.journal.StateFolder;
import dev.pointsman.core.cutover.run.Step;
import dev.pointsman.core.cutover.traffic.Clients;
import dev.pointsman.core.gate.Gates;
import dev.pointsman.core.meter.Meter;
import dev.pointsman.core.pool.Pools;
import dev.pointsman.core.pool.Routes;
import dev.pointsman.core.pool.opening.FencedLogins;

/// What cutovers are made of. `version` is the proxy's own; `watch` is told each step of each run.
public record Parts(
        StateFolder folder,
        Clusters clusters,
        Gates gates,
        Pools pools,
        FencedLogins fencedLogins,
        Routes routes,
        Clients clients,
        Meter meter,
        SlotJob slotJob,
        String version,
        Step.Watch watch) {}
