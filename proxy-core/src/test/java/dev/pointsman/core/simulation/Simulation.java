package dev.pointsman.core.simulation;

import dev.pointsman.core.config.Database.PoolMode;
import dev.pointsman.core.gate.Closer;
import dev.pointsman.core.gate.Gate;
import dev.pointsman.core.gate.Hold;
import dev.pointsman.core.gate.Insider;
import dev.pointsman.core.gate.ManualLoop;
import dev.pointsman.core.pool.Pools;
import dev.pointsman.core.pool.Routes;
import dev.pointsman.core.session.SessionRegistry;
import dev.pointsman.core.simulation.client.SimulatedClient;
import dev.pointsman.core.simulation.client.Troubles;
import dev.pointsman.core.simulation.crossing.Pair;
import dev.pointsman.core.simulation.crossing.Surroundings;
import dev.pointsman.core.simulation.net.Chance;
import dev.pointsman.core.simulation.net.SimulatedChannel;
import dev.pointsman.core.simulation.server.Ledger;
import dev.pointsman.core.simulation.server.SimulatedServer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Clients, a proxy and two servers in one thread: one seed, one clock, one order of things. Each
/// step lets one of them do one thing. What happens rarely is [Events]'.
final class Simulation implements Surroundings {
    private static final int STEPS = 600;
    private static final int CLIENTS = 6;

    final long seed;
    final Plant plant;
    final Chance chance;
    final boolean stormy;
    final EventLog log = new EventLog();
    final Ledger ledger = new Ledger();
    final Troubles troubles = new Troubles();
    final List<SimulatedClient> clients = new ArrayList<>();
    final List<SimulatedChannel> connecting = new ArrayList<>();
    final List<Hold> undecided = new ArrayList<>();
    final Pair pair;
    final Inside proxy;
    private final SimulatedServer[] servers;
    private final Events events;
    private boolean ending;

    Simulation(long seed, Plant plant) {
        this.seed = seed;
        this.plant = plant;
        chance = new Chance(seed);
        stormy = chance.below(3) > 0;
        var mode = chance.oneIn(2) ? PoolMode.SESSION : PoolMode.TRANSACTION;
        boolean tight = chance.oneIn(3);
        proxy =
                new Inside(
                        Landscape.database(
                                mode,
                                mode == PoolMode.SESSION ? 2 * CLIENTS : 1 + chance.below(4),
                                tight ? 100 : 100_000,
                                tight ? 300 : 1_000_000),
                        connecting::add);
        var blue = new SimulatedServer("blue", Landscape.port("blue"), ledger, chance);
        var green = new SimulatedServer("green", Landscape.port("green"), ledger, chance);
        servers = new SimulatedServer[] {blue, green};
        pair = new Pair(blue, green);
        events = new Events(this);
        troubles.say(() -> mode + (stormy ? ", stormy" : ", calm"));
        for (int i = 0; i < CLIENTS; i++) {
            arrive();
        }
    }

    /// Runs it to its end; what was found is in the verdict.
    Verdict run() {
        try {
            go(STEPS);
            ending = true;
            return new Ending(this, events).run();
        } catch (RuntimeException e) {
            if (plant != Plant.NONE && !troubles.faults().isEmpty()) {
                // It was found before what it has led to.
                return new Verdict(seed, troubles.faults(), log.hash(), 0, 0, 0, 0, 0);
            }
            troubles.fault("the simulation failed: " + e);
            throw new IllegalStateException("seed " + seed + ": " + troubles.faults(), e);
        }
    }

    boolean isTransactionMode() {
        return proxy.perTransaction();
    }

    List<SimulatedServer> servers() {
        return List.of(servers);
    }

    /// A new client, let in as it comes.
    void arrive() {
        var channel = SimulatedChannel.accepted(proxy.buffers);
        boolean slips = plant == Plant.SLIPS_PAST_THE_GATE && clients.isEmpty();
        var session = proxy.begin(channel, chance.below(proxy.loops.size()), slips);
        if (plant == Plant.DISORDERS_HELD_BYTES) {
            channel.pipeline().addFirst(new Disorder(session));
        }
        clients.add(
                new SimulatedClient(
                        channel,
                        session,
                        isTransactionMode(),
                        chance,
                        new SimulatedClient.Common(ledger, troubles)));
    }

    @Override
    public void go(int most) {
        for (int i = 0; i < most && troubles.faults().isEmpty(); i++) {
            step();
        }
    }

    @Override
    public boolean until(BooleanSupplier done, int most) {
        for (int i = 0; i < most && !done.getAsBoolean(); i++) {
            step();
        }
        return done.getAsBoolean();
    }

    private void step() {
        troubles.tick();
        if (servers[0].hasUnnoticedDeaths() || servers[1].hasUnnoticedDeaths()) {
            troubles.servers();
        }
        int what = chance.below(32);
        log.add(what, ledger.executions());
        switch (what) {
            case 0, 1, 2, 3, 4, 5 -> chance.of(clients).act(!ending);
            case 6, 7, 8, 9, 10 -> deliver(chance.of(clients).channel());
            case 11, 12, 13, 14, 15, 16 -> servers[chance.below(2)].step();
            case 17, 18, 19, 20, 21 -> fromServer(servers[chance.below(2)]);
            case 22, 23, 24, 25 -> chance.of(clients).read();
            case 26, 27 -> proxy.loops.get(chance.below(proxy.loops.size())).loop().runNow();
            case 28 -> connect();
            case 29 -> pair.replicate(1 + chance.below(4));
            case 30 -> proxy.ticker.advance(chance.below(60), TimeUnit.MILLISECONDS);
            default -> {
                if (!ending) {
                    events.maybe();
                }
            }
        }
    }

    private void deliver(SimulatedChannel channel) {
        if (channel.canDeliver()) {
            int size = channel.coming().size();
            log.add(channel.port(), size);
            channel.deliver(chance.oneIn(3) ? 1 + chance.below(size + 1) : Integer.MAX_VALUE);
        }
    }

    private void fromServer(SimulatedServer server) {
        SimulatedChannel channel = server.toDeliver();
        if (channel != null) {
            deliver(channel);
        }
    }

    void connect() {
        if (!connecting.isEmpty()) {
            var channel = connecting.remove(chance.below(connecting.size()));
            var server = servers[channel.port() == servers[0].port() ? 0 : 1];
            if (!server.isUp()) {
                troubles.servers();
            }
            server.accept(channel);
        }
    }

    @Override
    public Chance chance() {
        return chance;
    }

    @Override
    public Troubles troubles() {
        return troubles;
    }

    @Override
    public Gate gate() {
        return proxy.gate;
    }

    @Override
    public Pools pools() {
        return proxy.pools;
    }

    @Override
    public Routes routes() {
        return proxy.routes;
    }

    @Override
    public SessionRegistry sessions() {
        return proxy.sessions;
    }

    @Override
    public List<Insider> inside() {
        List<Insider> inside = new ArrayList<>();
        for (ManualLoop loop : proxy.loops) {
            inside.addAll(loop.insiders(proxy.gate));
        }
        return inside;
    }

    @Override
    public void keepHeld() {
        undecided.add(proxy.gate.close(new Closer.Undecided(Landscape.DATABASE)));
    }

    @Override
    public boolean stormy() {
        return stormy && !ending;
    }
}
