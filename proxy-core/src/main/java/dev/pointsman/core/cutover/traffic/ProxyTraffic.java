package dev.pointsman.core.cutover.traffic;

import dev.pointsman.core.cutover.run.Abort;
import dev.pointsman.core.cutover.run.Traffic;
import dev.pointsman.core.gate.Closer;
import dev.pointsman.core.gate.Gate;
import dev.pointsman.core.gate.Hold;
import dev.pointsman.core.gate.HoldFigures;
import dev.pointsman.core.gate.Insider;
import dev.pointsman.core.gate.Waits;
import dev.pointsman.core.migration.passage.Deadline;
import dev.pointsman.core.pool.Pools;
import dev.pointsman.core.pool.Routes;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/// The traffic of one database through this proxy's gate, pools and route.
public final class ProxyTraffic implements Traffic {
    private static final Duration LOOK_AGAIN = Duration.ofNanos(50_000);
    private static final Duration SEAL_LIMIT = Duration.ofSeconds(30);

    private final Gate gate;
    private final Pools pools;
    private final Routes routes;
    private final Clients clients;
    private final Around around;

    /// What a run asks of those around it.
    public interface Around {
        /// Closes the gate for as long as nobody can tell who serves.
        void keepHeld();

        /// Nothing of ours but the run writes to the serving server any more: it would take a
        /// transaction id there.
        void hush();

        void resume();
    }

    public ProxyTraffic(Gate gate, Pools pools, Routes routes, Clients clients, Around around) {
        this.gate = gate;
        this.pools = pools;
        this.routes = routes;
        this.clients = clients;
        this.around = around;
    }

    @Override
    public Set<String> warm(String server, Duration limit) throws Abort {
        await(
                pools.warm(gate.database(), server),
                limit,
                "connections to " + server + " could not be opened");
        return pools.losingWrites(gate.database(), server);
    }

    @Override
    public void endWarming(String server) throws Abort {
        await(
                pools.endWarming(gate.database(), server),
                SEAL_LIMIT,
                "logins to " + server + " do not end");
    }

    @Override
    public void seal(String server) {
        if (server.equals(serving())) {
            around.hush();
        }
        try {
            await(
                    pools.seal(gate.database(), server),
                    SEAL_LIMIT,
                    "logins to " + server + " do not end");
        } catch (Abort e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private static void await(CompletableFuture<?> future, Duration limit, String otherwise)
            throws Abort {
        try {
            future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            var cause = e.getCause() == null ? e : e.getCause();
            throw Abort.because(otherwise + ": " + cause.getMessage());
        } catch (TimeoutException _) {
            throw Abort.because(otherwise + " within " + limit);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw Abort.because(otherwise + ": the proxy stops");
        }
    }

    @Override
    public void unseal(String server) {
        pools.unseal(gate.database(), server);
        around.resume();
    }

    @Override
    public Set<Integer> pids(String server) {
        return pools.pids(gate.database(), server);
    }

    @Override
    public int clients() {
        return clients.count(gate.database());
    }

    @Override
    public void awaitLull(Duration limit) {
        var until = Deadline.in(limit);
        while (gate.counts().inside() > 0 && !until.passed()) {
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    @Override
    public int endUncarriable(Set<Integer> lockHolders) {
        return clients.endUncarriable(gate.database(), lockHolders).join();
    }

    @Override
    public void carryOver() {
        clients.carryOver(gate.database());
    }

    @Override
    public Grip hold(long attempt) {
        return new GateGrip(gate.close(new Closer.Cutover(attempt)));
    }

    @Override
    public void swap(String server, long epoch) {
        routes.swap(gate.database(), server, epoch);
    }

    @Override
    public String serving() {
        return routes.current(gate.database()).server();
    }

    @Override
    public void retire(String server) {
        pools.retire(gate.database(), server);
    }

    @Override
    public void keepHeld() {
        around.keepHeld();
    }

    private record GateGrip(Hold hold) implements Grip {
        @Override
        public boolean awaitDrained(Duration limit) throws InterruptedException {
            return hold.awaitDrained(limit);
        }

        @Override
        public List<Insider> inside() {
            return hold.inside();
        }

        @Override
        public HoldFigures open() {
            return hold.open().join();
        }

        @Override
        public Waits waits(Duration limit) {
            return hold.waits(limit);
        }
    }
}
