package dev.pointsman.core.simulation.crossing;

import dev.pointsman.core.gate.Gate;
import dev.pointsman.core.gate.Insider;
import dev.pointsman.core.pool.Pools;
import dev.pointsman.core.pool.Routes;
import dev.pointsman.core.session.SessionRegistry;
import dev.pointsman.core.simulation.client.Troubles;
import dev.pointsman.core.simulation.net.Chance;

import java.util.List;
import java.util.function.BooleanSupplier;

/// What a run of a cutover finds around it. While it waits, the world goes on: [#until] and [#go]
/// let it take steps.
public interface Surroundings {
    Chance chance();

    Troubles troubles();

    Gate gate();

    Pools pools();

    Routes routes();

    SessionRegistry sessions();

    /// Who is inside, asked on every loop.
    List<Insider> inside();

    /// Clients are held until it is known who serves.
    void keepHeld();

    /// The world takes at most so many steps.
    void go(int most);

    /// The world takes steps until something is so, at most so many; says whether it is.
    boolean until(BooleanSupplier done, int most);

    /// The world takes steps until something is so that must become so.
    default void await(BooleanSupplier done) {
        if (!until(done, 100_000)) {
            throw new IllegalStateException("something never comes to its end");
        }
    }

    /// Whether things may go wrong.
    boolean stormy();
}
