package dev.pointsman.core.cluster;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import dev.pointsman.core.cluster.backend.OnServer;
import dev.pointsman.core.cluster.backend.OwnBackends;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.config.Server.Control;
import dev.pointsman.core.tls.TlsToServer;
import dev.pointsman.core.wire.Refused;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/// Control access to one server of one database, as the control user. Thread-safe; every call
/// blocks, so virtual threads only.
///
/// Nothing is opened before it is needed, and idle connections go after a while.
public final class Cluster implements AutoCloseable {
    private static final int POOL_SIZE = 3;
    static final ControlLimits LIMITS =
            new ControlLimits(Duration.ofSeconds(60), Duration.ofSeconds(90));
    private static final Duration BORROW_TIMEOUT = Duration.ofSeconds(16);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(1);

    private final String applicationName;
    private final ControlLimits limits;
    private final long since;
    private final OwnBackends own = new OwnBackends();
    private volatile Face face;
    private @Nullable HikariDataSource pool;
    private @Nullable HikariDataSource maintenancePool;
    private boolean closed;

    /// What the configuration says of the server.
    private record Face(
            Database database, Server server, ControlAddress address, ControlAddress maintenance) {
        static Face of(Database database, Server server, String applicationName) {
            var tls = TlsToServer.of(server.tls());
            var identifier = new AtomicLong();
            var maintenance = server.control().maintenanceDb();
            return new Face(
                    database,
                    server,
                    new ControlAddress(server, tls, server.dbname(), applicationName, identifier),
                    new ControlAddress(server, tls, maintenance, applicationName, identifier));
        }
    }

    /// @param instance the name of this proxy among all; part of every session's application_name
    public Cluster(String instance, Database database, Server server) {
        this(instance, database, server, LIMITS);
    }

    /// `since`: when this process began to use servers, by [System#nanoTime].
    Cluster(String instance, long since, Database database, Server server) {
        this(instance, since, database, server, LIMITS);
    }

    Cluster(String instance, Database database, Server server, ControlLimits limits) {
        this(instance, System.nanoTime(), database, server, limits);
    }

    private Cluster(
            String instance, long since, Database database, Server server, ControlLimits limits) {
        this.since = since;
        this.limits = limits;
        applicationName = "pointsman/" + instance;
        face = Face.of(database, server, applicationName);
    }

    /// For how long this process has had control sessions at most, on whatever server. An older one
    /// in this instance's name is left from another process, which lives no more: that had the
    /// state folder. Less where the machine was suspended meanwhile, see [#ownPids].
    public Duration age() {
        return Duration.ofNanos(System.nanoTime() - since);
    }

    /// The server's processes behind the control sessions that this process holds open there.
    public Set<Integer> ownPids() throws SQLException {
        return own.pids();
    }

    /// The server's name in the configuration.
    public String name() {
        return face.server.name();
    }

    public Server server() {
        return face.server;
    }

    public Database database() {
        return face.database;
    }

    /// Other settings for the same server. When it is to be reached in another way, the pooled
    /// connections are closed; calls under way come to their end.
    void reconfigure(Database changed) {
        var old = face;
        face = Face.of(changed, changed.server(old.server.name()), applicationName);
        if (!face.server.withoutUsers().equals(old.server.withoutUsers())) {
            retirePools();
        }
    }

    private synchronized void retirePools() {
        for (var old : new HikariDataSource[] {pool, maintenancePool}) {
            if (old != null) {
                Thread.ofVirtual().name("control-retire").start(() -> closeWhenIdle(old));
            }
        }
        pool = null;
        maintenancePool = null;
    }

    private void closeWhenIdle(HikariDataSource old) {
        var beans = old.getHikariPoolMXBean();
        var end = System.nanoTime() + limits.network().toNanos();
        try {
            while (beans != null
                    && beans.getActiveConnections() > 0
                    && System.nanoTime() - end < 0) {
                Thread.sleep(LOOK_AGAIN);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        old.close();
    }

    /// Lends a pooled connection: autocommit, each statement limited to a minute, and to a minute
    /// and a half where the network says nothing any more.
    ///
    /// @throws SQLException also when there is no connection; [#refusal] makes it readable
    public <T> T call(SqlCall<T> work) throws SQLException {
        return lend(pool(), face.address, work);
    }

    /// Like [#call], in the maintenance database, which stays open to us while a fence is up.
    public <T> T maintenance(SqlCall<T> work) throws SQLException {
        return lend(maintenancePool(), face.maintenance, work);
    }

    /// In the maintenance database, with the settings that the server gives to anybody.
    public <T> T bare(SqlCall<T> work) throws SQLException {
        try (var connection = own.keep(face.maintenance.openBare(limits))) {
            return work.run(connection);
        }
    }

    /// A connection of the caller's own, who closes it: autocommit, no time limits; the system's
    /// keep-alive finds a network that is gone.
    public Connection dedicated() throws SQLException {
        return own.keep(face.address.open(ControlLimits.NONE));
    }

    /// Logs in as another role, and out again.
    ///
    /// @throws SQLException what the server says against it
    public void tryLogin(String role, Secret password) throws SQLException {
        var control = new Control(role, password, face.server.control().maintenanceDb());
        var there = face.server.withControl(control);
        new ControlAddress(there, there.dbname(), applicationName).open(LIMITS).close();
    }

    /// The pid of the server's process behind a connection of [#dedicated].
    public int pid(Connection connection) {
        return own.pid(connection);
    }

    /// Asks the server; nothing is cached.
    public ServerFacts facts() throws SQLException {
        return call(ServerFacts::read);
    }

    /// What a person should read when `cause` came out of a call here.
    public Refused refusal(SQLException cause) {
        return ControlFault.refused(face.address, cause);
    }

    private synchronized HikariDataSource pool() throws SQLException {
        var made = pool;
        if (made == null) {
            made = newPool(face.address);
            pool = made;
        }
        return made;
    }

    private synchronized HikariDataSource maintenancePool() throws SQLException {
        var made = maintenancePool;
        if (made == null) {
            made = newPool(face.maintenance);
            maintenancePool = made;
        }
        return made;
    }

    private HikariDataSource newPool(ControlAddress to) throws SQLException {
        if (closed) {
            throw new SQLException("control access to server " + name() + " is closed", "08003");
        }
        var config = new HikariConfig();
        config.setPoolName("control-" + database().name() + "-" + name() + "-" + to.dbname());
        config.setDataSource(new ControlSource(to, limits, own));
        config.setMaximumPoolSize(POOL_SIZE);
        config.setMinimumIdle(0);
        config.setInitializationFailTimeout(-1);
        config.setConnectionTimeout(BORROW_TIMEOUT.toMillis());
        config.setIdleTimeout(IDLE_TIMEOUT.toMillis());
        return new HikariDataSource(config);
    }

    /// A cold pool is preceded by one connection of its own: its error says at once what is wrong,
    /// where the pool would only say, later, that time ran out.
    private <T> T lend(HikariDataSource from, ControlAddress to, SqlCall<T> work)
            throws SQLException {
        var beans = from.getHikariPoolMXBean();
        if (beans == null || beans.getTotalConnections() == 0) {
            to.open(limits).close();
        }
        try (var connection = from.getConnection()) {
            return work.run(connection);
        } catch (SQLException e) {
            throw OnServer.isLost(e) ? OnServer.named(to.server().name(), e) : e;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (pool != null) {
            pool.close();
        }
        if (maintenancePool != null) {
            maintenancePool.close();
        }
    }
}
