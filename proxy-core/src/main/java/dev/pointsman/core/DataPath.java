package dev.pointsman.core;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.config.Limits;
import dev.pointsman.core.gate.Gates;
import dev.pointsman.core.gate.HeldBytes;
import dev.pointsman.core.listen.Door;
import dev.pointsman.core.listen.KnownParameters;
import dev.pointsman.core.listen.Listener;
import dev.pointsman.core.listen.login.Logins;
import dev.pointsman.core.listen.transport.TcpSettings;
import dev.pointsman.core.listen.transport.Transport;
import dev.pointsman.core.meter.DatabaseMeter;
import dev.pointsman.core.meter.Meter;
import dev.pointsman.core.pool.PoolKey;
import dev.pointsman.core.pool.Pools;
import dev.pointsman.core.pool.Route;
import dev.pointsman.core.pool.Routes;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.server.keys.Keyring;
import dev.pointsman.core.server.login.ServerRefused;
import dev.pointsman.core.session.SessionRegistry;
import dev.pointsman.core.session.SessionScope;
import dev.pointsman.core.session.clock.Sweep;
import dev.pointsman.core.session.pin.Watch;
import dev.pointsman.core.session.prepared.SharedStatements;
import dev.pointsman.core.session.relay.Exit;
import dev.pointsman.core.session.replication.Replications;
import dev.pointsman.core.wire.Refused;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Everything between a client's socket and a server's: event loops, gates, routes, pools, sessions
/// and the client port.
final class DataPath implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DataPath.class);

    private record Corner(String database, EventLoop loop) {}

    private final Supplier<Config> config;
    private final boolean asksServers;
    private final Meter meter;
    private final Transport transport = Transport.choose();
    private final MultiThreadIoEventLoopGroup group;
    private final List<EventLoop> loops;
    private final Gates gates;
    private final Routes routes = new Routes();
    private final Pools pools;
    private final ServerOpener opener;
    private final SessionRegistry sessions;
    private final Sweeping sweep;
    private final Keyring keyring = new Keyring();
    private final LoginServers loginServers;
    private final Logins logins;
    private final Door door;
    private final Map<Corner, SessionScope> scopes = new ConcurrentHashMap<>();
    private final HeldBytes heldInAll;
    private final Map<String, Watch.Studies> studies = new ConcurrentHashMap<>();
    private volatile Exit.Backends backends = Exit.Backends.UNASKED;

    DataPath(Supplier<Config> config, Meter meter) {
        this(config, meter, true);
    }

    /// @param studies whether servers are asked which of their functions may leave something
    DataPath(Supplier<Config> config, Meter meter, boolean studies) {
        this.config = config;
        this.asksServers = studies;
        this.meter = meter;
        group = transport.loops(Transport.defaultLoops());
        loops = loops(group);
        gates = new Gates(loops);
        KnownParameters parameters = new KnownParameters();
        opener = new ServerOpener(config, transport.sockets(), parameters, keyring, routes);
        pools =
                new Pools(
                        config,
                        routes,
                        this::open,
                        Ticker.systemTicker(),
                        (database, nanos) -> meter.database(database).poolWait(nanos));
        sessions = new SessionRegistry(() -> config.get().log().connections());
        sweep = new Sweeping(new Sweep(config, sessions::swept));
        loginServers = new LoginServers(config, routes, pools, gates, opener);
        logins = new Logins(config, keyring, loginServers);
        logins.prepare(config.get());
        opener.prepare(config.get());
        door = new Door(config, logins, parameters, sessions, this::scope);
        door.admission(database -> gates.of(database).disabled());
        door.replication(this::openForReplication);
        routes.whenSwapped(sessions.replications()::onSwap);
        heldInAll =
                new HeldBytes(
                        () -> config.get().limits().heldBytesPerClient(),
                        () -> config.get().limits().heldBytesTotal());
        config.get().databases().values().forEach(this::add);
        pools.fillsAhead(database -> gates.of(database).closers().isEmpty());
        pools.start(loops);
        sweep.start();
    }

    Meter meter() {
        return meter;
    }

    int poolSize(String database) {
        return config.get().database(database).pool().size();
    }

    Transport transport() {
        return transport;
    }

    Gates gates() {
        return gates;
    }

    Routes routes() {
        return routes;
    }

    Pools pools() {
        return pools;
    }

    ServerOpener opener() {
        return opener;
    }

    SessionRegistry sessions() {
        return sessions;
    }

    Door door() {
        return door;
    }

    int loopCount() {
        return loops.size();
    }

    /// Does what is slow about taking `next` over; nothing changes yet.
    void prepare(Config next) throws Refused {
        tellWhatTheTransportCannotDo(next);
        door.tls().prepare(next.listen().tls());
        logins.prepare(next);
        opener.prepare(next);
    }

    /// Servers are reached in another way now: connections to them that were opened in the former
    /// way are closed, idle ones now, others when they come back.
    void reconnect(Config before, Config now, String name) {
        before.database(name)
                .servers()
                .forEach(
                        (server, settings) -> {
                            if (!settings.sameWay(now.database(name).server(server))) {
                                pools.retire(name, server);
                            }
                        });
    }

    /// Whom logins ask about users that the serving database knows.
    void users(LoginServers.Finder finder) {
        loginServers.users(finder);
    }

    /// Who makes databases ready that the configuration does not have by name.
    void opener(Door.Opener by) {
        door.opener(by);
    }

    /// Who is asked about server processes behind connections that were lost.
    void backends(Exit.Backends whoTells) {
        backends = whoTells;
    }

    private void tellWhatTheTransportCannotDo(Config settings) {
        var missing = TcpSettings.missing(transport, settings.limits().tcp());
        if (!missing.isEmpty()) {
            log.atWarn()
                    .addKeyValue("setting", missing)
                    .addKeyValue("transport", transport.name())
                    .log("this setting has no effect with this transport");
        }
    }

    /// Opens the client port.
    ClientPort listen() throws IOException, Refused {
        tellWhatTheTransportCannotDo(config.get());
        door.tls().prepare(config.get().listen().tls());
        var listen = config.get().listen();
        return ClientPort.open(
                Listener.bind(listen, door, group, transport.servers()), listen.local(), transport);
    }

    /// Closes all connections and ends the loops.
    @Override
    public void close() {
        sweep.close();
        pools.close();
        keyring.close();
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /// Makes room for a database, whose gate is open; before the configuration in force has it.
    void add(Database database) {
        String name = database.name();
        DatabaseMeter counts = meter.database(name);
        gates.add(
                name,
                new Gates.Settings(
                        () -> limits(name).queryWaitTimeout(),
                        heldInAll.perClient(() -> limits(name).heldBytesPerClient()),
                        Ticker.systemTicker(),
                        counts::gateWait));
        routes.add(new Route(name, database.serve(), 0, Instant.now()));
    }

    /// Returns once every loop has done what it was told before, such as to close a gate. Blocks.
    void awaitLoops() {
        loops.stream().map(loop -> loop.submit(() -> {})).forEach(Future::syncUninterruptibly);
    }

    /// Past the pools, but not while nobody may open connections to the server.
    private Future<ServerConnection> openForReplication(
            Route route, String user, Map<String, String> startup, EventLoop loop) {
        String database = route.database();
        if (!pools.visit(database, route.server())) {
            return loop.newFailedFuture(new ServerRefused(Replications.notNow()));
        }
        Future<ServerConnection> opening = opener.openForReplication(route, user, startup, loop);
        opening.addListener(_ -> pools.leave(database, route.server()));
        return opening;
    }

    private Future<ServerConnection> open(PoolKey key, EventLoop loop) {
        Future<ServerConnection> opening = opener.open(key, loop);
        Database database = config.get().databases().get(key.database());
        return asksServers
                        && database != null
                        && database.pool().mode() == Database.PoolMode.TRANSACTION
                ? studies(key.database()).meet(opening, database.pool().follow(), loop)
                : opening;
    }

    private Watch.Studies studies(String database) {
        return studies.computeIfAbsent(database, Watch.Studies::new);
    }

    private Limits limits(String database) {
        return config.get().database(database).limits();
    }

    /// What the sessions of a database share on one loop; made anew when its settings changed.
    private SessionScope scope(String name, EventLoop loop) {
        Database database = config.get().databases().get(name);
        if (database == null) {
            throw new IllegalArgumentException("database " + name + " is not configured");
        }
        return scopes.compute(
                new Corner(name, loop),
                (_, known) ->
                        known != null && known.database().equals(database)
                                ? known
                                : new SessionScope(
                                        database,
                                        gates.of(name).on(loop),
                                        pools.on(loop),
                                        routes,
                                        meter.database(name),
                                        new SessionScope.Shared(
                                                new SharedStatements(
                                                        () -> limits(name).statements()),
                                                watch(database),
                                                this::awaitGone)));
    }

    private void awaitGone(String database, String server, int pid, Runnable gone) {
        backends.awaitGone(database, server, pid, gone);
    }

    private Watch watch(Database database) {
        var followed = database.pool().follow();
        return asksServers ? Watch.of(followed, studies(database.name())) : Watch.unasked(followed);
    }

    private static List<EventLoop> loops(MultiThreadIoEventLoopGroup group) {
        List<EventLoop> loops = new ArrayList<>();
        for (EventExecutor executor : group) {
            loops.add((EventLoop) executor);
        }
        return loops;
    }
}
