package dev.pointsman.cli.cutover;

import dev.pointsman.cli.real.RealServer;
import dev.pointsman.core.cluster.Clusters;
import dev.pointsman.core.config.CutoverSettings;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.config.Limits;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.config.Server.SslMode;
import dev.pointsman.core.config.tls.PeerTls;
import dev.pointsman.core.config.tls.ServerTls;
import dev.pointsman.core.cutover.LocalCutovers;
import dev.pointsman.core.cutover.Parts;
import dev.pointsman.core.cutover.after.SlotJob;
import dev.pointsman.core.cutover.journal.StateFolder;
import dev.pointsman.core.cutover.run.Step;
import dev.pointsman.core.cutover.traffic.Clients;
import dev.pointsman.core.gate.Gates;
import dev.pointsman.core.gate.HeldBytes;
import dev.pointsman.core.meter.Meter;
import dev.pointsman.core.pool.Pools;
import dev.pointsman.core.pool.Route;
import dev.pointsman.core.pool.Routes;
import dev.pointsman.core.pool.opening.FencedLogins;
import dev.pointsman.core.wire.Refused;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.Ticker;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The inside of a proxy without its front: gates, pools, route and cutovers over two real servers.
final class LocalProxy implements AutoCloseable {
    final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    final List<EventLoop> loops = new ArrayList<>();
    final Gates gates;
    final Routes routes = new Routes();
    final Meter meter = new Meter("test");
    final StateFolder folder;
    final Clusters clusters;
    final LocalCutovers cutovers;
    final String database;

    LocalProxy(Path state, Database database, Step.Watch watch) throws Refused {
        this.database = database.name();
        group.forEach(executor -> loops.add((EventLoop) executor));
        gates = new Gates(loops);
        gates.add(
                database.name(),
                new Gates.Settings(
                        Duration.ZERO,
                        new HeldBytes(1 << 20, 1 << 28),
                        Ticker.systemTicker(),
                        _ -> {}));
        routes.add(new Route(database.name(), database.serve(), 0, Instant.now()));
        var pools =
                new Pools(
                        () -> {
                            throw new IllegalStateException("no clients, no pools");
                        },
                        routes,
                        (_, _) -> {
                            throw new IllegalStateException("no clients, no connections");
                        },
                        Ticker.systemTicker(),
                        (_, _) -> {});
        pools.start(loops);
        folder = StateFolder.open(state);
        clusters = new Clusters(folder.instance(), Map.of(database.name(), database));
        cutovers =
                LocalCutovers.open(
                        new Parts(
                                folder,
                                clusters,
                                gates,
                                pools,
                                new FencedLogins(),
                                routes,
                                Clients.NONE,
                                meter,
                                new SlotJob() {
                                    @Override
                                    public void stop(String name) {}

                                    @Override
                                    public void resume(String name) {}
                                },
                                "test",
                                watch));
    }

    static Database database(String name, RealServer blue, RealServer green, CutoverSettings with) {
        return database(name, blue, green, with, "postgres");
    }

    static Database database(
            String name, RealServer blue, RealServer green, CutoverSettings with, String control) {
        var servers = new LinkedHashMap<String, Server>();
        servers.put("blue", server("blue", blue, name, control));
        servers.put("green", server("green", green, name, control));
        return new Database(
                name,
                new Database.PoolSettings(Database.PoolMode.TRANSACTION, 20),
                "blue",
                servers,
                with,
                Limits.defaults(),
                /* unnamed= */ false);
    }

    private static Server server(String name, RealServer real, String dbname, String control) {
        return new Server(
                name,
                real.host(),
                real.port(),
                dbname,
                ServerTls.of(SslMode.DISABLE),
                new Server.Control(control, new Secret.Absent(), "postgres"),
                Map.of(),
                new Server.Peer(real.peerHost(), real.peerPort(), PeerTls.of(SslMode.DISABLE)));
    }

    @Override
    public void close() {
        cutovers.close();
        clusters.close();
        folder.close();
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
}
