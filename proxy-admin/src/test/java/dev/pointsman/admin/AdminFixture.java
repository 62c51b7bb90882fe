package dev.pointsman.admin;

import dev.pointsman.admin.command.AdminCommand.Stop;
import dev.pointsman.admin.command.Controls;
import dev.pointsman.core.cluster.Clusters;
import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.file.ConfigFile;
import dev.pointsman.core.cutover.Cutovers;
import dev.pointsman.core.gate.Gated;
import dev.pointsman.core.gate.Gates;
import dev.pointsman.core.gate.HeldBytes;
import dev.pointsman.core.gate.Insider;
import dev.pointsman.core.gate.Place;
import dev.pointsman.core.listen.tls.TlsPort;
import dev.pointsman.core.meter.Meter;
import dev.pointsman.core.migration.Migrations;
import dev.pointsman.core.migration.Serving;
import dev.pointsman.core.pool.Pools;
import dev.pointsman.core.pool.Route;
import dev.pointsman.core.pool.Routes;
import dev.pointsman.core.server.name.Names;
import dev.pointsman.core.session.SessionRegistry;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.Ticker;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/// The admin port in front of real gates, routes and pools whose servers cannot be reached, and of
/// scripted cutovers.
final class AdminFixture implements Controls, AutoCloseable {
    private static final String CONFIG =
            """
            listen: {host: 127.0.0.1, port: 0}
            admin:
              host: 127.0.0.1
              port: ADMIN_PORT
              users: {operator: secret, grafana: {password: look, role: stats}}
            http: {host: 127.0.0.1, port: 0}
            state: ./state
            log: {audit: ./audit.jsonl}
            auth: {type: trust}
            users: {app: {password: app}}
            databases:
              shop:
                pool: {mode: transaction, size: 7}
                serve: blue
                control: {user: postgres, password: postgres}
                servers:
                  blue: {host: 127.0.0.1, port: 1, dbname: shop1}
                  green: {host: 127.0.0.1, port: 2, dbname: shop2}
              orders:
                serve: blue
                control: {user: postgres, password: postgres}
                servers:
                  blue: {host: 127.0.0.1, port: 3, dbname: orders}
                  green: {host: 127.0.0.1, port: 4, dbname: orders}
            """;

    final ScriptedCutovers cutovers = new ScriptedCutovers();
    final List<Stop> stops = new CopyOnWriteArrayList<>();
    final List<String> settings = new CopyOnWriteArrayList<>();
    volatile boolean ready = true;
    volatile boolean serversAreSilent;
    final AdminPort port;
    private final Config config;
    private final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final List<EventLoop> loops = new ArrayList<>();
    private final Gates gates;
    private final Routes routes = new Routes();
    private final Pools pools;
    private final SessionRegistry sessions = new SessionRegistry(false);
    private final Meter meter = new Meter("test");
    private final Migrations migrations;

    AdminFixture(Path folder) throws Exception {
        this(folder, 0);
    }

    /// As usual, but listening on a port of the test's choice.
    static AdminFixture onPort(Path folder, int port) throws Exception {
        return new AdminFixture(folder, port);
    }

    private AdminFixture(Path folder, int adminPort) throws Exception {
        var text = CONFIG.replace("ADMIN_PORT", Integer.toString(adminPort));
        config = ConfigFile.parse(text, "test", folder, Map.of());
        group.forEach(executor -> loops.add((EventLoop) executor));
        gates = new Gates(loops);
        var held = new HeldBytes(1 << 20, 1 << 20);
        for (var database : config.databases().keySet()) {
            gates.add(
                    database,
                    new Gates.Settings(Duration.ZERO, held, Ticker.systemTicker(), _ -> {}));
            routes.add(new Route(database, "blue", 1, Instant.parse("2026-01-01T00:00:00Z")));
            meter.database(database);
        }
        pools =
                new Pools(
                        () -> config,
                        routes,
                        (_, loop) ->
                                loop.newFailedFuture(new IllegalStateException("no server here")),
                        Ticker.systemTicker(),
                        (_, _) -> {});
        pools.start(loops);
        migrations =
                new Migrations(
                        new Clusters("test", config.databases()),
                        _ -> new Serving.Served("blue", 1),
                        _ -> true);
        port = AdminPort.start(this);
    }

    /// The last event loop does nothing else any more until then.
    void stick(CountDownLatch until) {
        loops.getLast()
                .execute(
                        () -> {
                            try {
                                until.await();
                            } catch (InterruptedException _) {
                                Thread.currentThread().interrupt();
                            }
                        });
    }

    Connection operator(String... options) throws SQLException {
        return connect("operator", "secret", options);
    }

    Connection connect(String user, String password, String... options) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        for (int i = 0; i < options.length; i += 2) {
            properties.setProperty(options[i], options[i + 1]);
        }
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port.port() + "/pointsman", properties);
    }

    /// All rows, one map of column to text each.
    static List<Map<String, String>> rows(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            var rows = new ArrayList<Map<String, String>>();
            while (result.next()) {
                var row = new HashMap<String, String>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.put(result.getMetaData().getColumnName(i), result.getString(i));
                }
                rows.add(row);
            }
            return rows;
        }
    }

    /// Lets a client begin a transaction; the answer ends it.
    Runnable enter(String database) {
        return enter(database, new Client(false));
    }

    /// One whose connection to the server is lost.
    Runnable enterAndLoseServer(String database) {
        return enter(database, new Client(true));
    }

    private Runnable enter(String database, Client client) {
        var loop = loops.getFirst();
        var gate = gates.of(database).on(loop);
        CompletableFuture.runAsync(() -> gate.enter(client), loop).join();
        return () -> CompletableFuture.runAsync(() -> gate.leave(client), loop).join();
    }

    private static final class Client implements Gated, Insider {
        private final Place place = new Place(this);
        private final boolean lost;

        Client(boolean lost) {
            this.lost = lost;
        }

        @Override
        public boolean isLost() {
            return lost;
        }

        @Override
        public Place place() {
            return place;
        }

        @Override
        public void onGateOpened() {}

        @Override
        public void onHoldExpired(ErrorReport why) {}

        @Override
        public Insider insider() {
            return this;
        }

        @Override
        public long sessionId() {
            return 4711;
        }

        @Override
        public String user() {
            return "app";
        }

        @Override
        public String clientAddress() {
            return "10.9.8.7";
        }

        @Override
        public int serverPid() {
            return 99;
        }

        @Override
        public boolean idleInTransaction() {
            return true;
        }

        @Override
        public Instant since() {
            return Instant.now();
        }

        @Override
        public CompletableFuture<Boolean> cancel() {
            return CompletableFuture.completedFuture(false);
        }
    }

    @Override
    public boolean losesInSilence(String database) {
        return serversAreSilent;
    }

    @Override
    public Config config() {
        return config;
    }

    @Override
    public Gates gates() {
        return gates;
    }

    @Override
    public Routes routes() {
        return routes;
    }

    @Override
    public Names names() {
        return new Names(() -> config.limits().dns());
    }

    @Override
    public Pools pools() {
        return pools;
    }

    @Override
    public SessionRegistry sessions() {
        return sessions;
    }

    @Override
    public Migrations migrations() {
        return migrations;
    }

    @Override
    public Cutovers cutovers() {
        return cutovers;
    }

    @Override
    public TlsPort tls() {
        return new TlsPort(() -> config.admin().tls(), List.of(TlsPort.POSTGRESQL, TlsPort.HTTP));
    }

    @Override
    public Meter meter() {
        return meter;
    }

    /// The first one says no.
    @Override
    public List<String> reload() throws Refused {
        settings.add("reload");
        if (settings.size() == 1) {
            throw new Refused(
                    SqlState.CANT_CHANGE_RUNTIME_PARAM, "listen.port cannot change", "Restart.");
        }
        return List.of("limits.max_client_conn");
    }

    @Override
    public void set(String name, String value) {
        settings.add(name + " to " + value);
    }

    @Override
    public boolean ready() {
        return ready;
    }

    @Override
    public Instant started() {
        return Instant.now();
    }

    @Override
    public void stop(Stop how) {
        stops.add(how);
    }

    @Override
    public void close() {
        port.close();
        pools.close();
        group.shutdownGracefully();
        meter.close();
    }
}
