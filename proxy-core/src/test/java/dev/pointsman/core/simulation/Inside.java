package dev.pointsman.core.simulation;

import dev.pointsman.core.config.Database;
import dev.pointsman.core.config.Database.PoolMode;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.gate.Gate;
import dev.pointsman.core.gate.Gates;
import dev.pointsman.core.gate.HeldBytes;
import dev.pointsman.core.gate.ManualLoop;
import dev.pointsman.core.meter.DatabaseMeter;
import dev.pointsman.core.meter.Meter;
import dev.pointsman.core.pool.Pools;
import dev.pointsman.core.pool.Route;
import dev.pointsman.core.pool.Routes;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.server.login.Dial;
import dev.pointsman.core.server.login.ServerLogin;
import dev.pointsman.core.server.login.ServerParameters;
import dev.pointsman.core.session.Session;
import dev.pointsman.core.session.SessionRegistry;
import dev.pointsman.core.session.SessionScope;
import dev.pointsman.core.session.SessionStart;
import dev.pointsman.core.session.pin.Watch;
import dev.pointsman.core.session.prepared.SharedStatements;
import dev.pointsman.core.session.relay.Exit;
import dev.pointsman.core.simulation.net.SimulatedChannel;
import dev.pointsman.core.wire.message.CancelKey;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The product's own data path on loops that are run by hand, with one clock: everything between a
/// client's and a server's channel.
final class Inside {
    private static final int LOOPS = 2;
    private static final DatabaseMeter METER = new Meter("simulation").database(Landscape.DATABASE);

    final MockTicker ticker = Ticker.newMockTicker();
    final List<ManualLoop> loops = new ArrayList<>();
    final UnpooledByteBufAllocator buffers = new UnpooledByteBufAllocator(false, true, true);
    final SessionRegistry sessions = new SessionRegistry(false);
    final Routes routes = new Routes();
    final Gate gate;
    final Pools pools;
    private final Gate otherGate;
    private final Database database;
    private final List<SimulatedChannel> toServers = new ArrayList<>();
    private int lastSession;

    Inside(Database database, Consumer<SimulatedChannel> onConnect) {
        this.database = database;
        for (int i = 0; i < LOOPS; i++) {
            loops.add(new ManualLoop(ticker));
        }
        List<EventLoop> eventLoops = loops.stream().<EventLoop>map(ManualLoop::loop).toList();
        routes.add(new Route(Landscape.DATABASE, "blue", 0, Instant.EPOCH));
        gate = gate(eventLoops);
        otherGate = gate(eventLoops);
        var config = Landscape.config(database);
        var dial = new Dial(() -> toServer(onConnect), database.limits().serverConnectTimeout());
        pools =
                new Pools(
                        () -> config,
                        routes,
                        (key, on) ->
                                ServerConnection.connect(
                                        new ServerLogin(
                                                database.server(key.server()),
                                                key.user(),
                                                new Secret.Absent(),
                                                key.options().values()),
                                        on,
                                        dial),
                        ticker,
                        (_, _) -> {});
        pools.start(eventLoops);
    }

    private SimulatedChannel toServer(Consumer<SimulatedChannel> onConnect) {
        var channel = SimulatedChannel.toConnect(buffers, onConnect);
        toServers.add(channel);
        return channel;
    }

    /// How often a server connection went from one loop to the other.
    int handedOver() {
        return toServers.stream().mapToInt(SimulatedChannel::left).sum();
    }

    DatabaseMeter meter() {
        return METER;
    }

    boolean perTransaction() {
        return database.pool().mode() == PoolMode.TRANSACTION;
    }

    /// Begins the session of a client that is let in at once. `slips`: at a gate that nobody
    /// closes.
    Session begin(SimulatedChannel channel, int onLoop, boolean slips) {
        EventLoop loop = loops.get(onLoop).loop();
        loop.register(channel);
        int id = ++lastSession;
        var told = new ServerParameters();
        told.put("server_version", "14.1");
        told.put("client_encoding", "UTF8");
        told.put("application_name", "c" + id);
        return Session.begin(
                channel,
                new SessionStart(
                        Landscape.USER,
                        id % 4 == 0
                                ? Map.of("application_name", "c" + id, "search_path", "own")
                                : Map.of("application_name", "c" + id),
                        told,
                        new CancelKey(id, new byte[] {1, 2, 3, 4})),
                new SessionScope(
                        database,
                        (slips ? otherGate : gate).on(loop),
                        pools.on(loop),
                        routes,
                        METER,
                        new SessionScope.Shared(
                                new SharedStatements(database.limits()::statements),
                                Watch.unasked(database.pool().follow()),
                                Exit.Backends.UNASKED)),
                sessions);
    }

    private Gate gate(List<EventLoop> eventLoops) {
        var limits = database.limits();
        var held = new HeldBytes(limits.heldBytesPerClient(), limits.heldBytesTotal());
        return new Gates(eventLoops)
                .add(Landscape.DATABASE, new Gates.Settings(Duration.ZERO, held, ticker, _ -> {}));
    }
}
