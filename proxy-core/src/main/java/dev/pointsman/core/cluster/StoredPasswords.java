package dev.pointsman.core.cluster;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import dev.pointsman.core.cluster.backend.OwnBackends;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.config.Server.Control;
import dev.pointsman.core.config.access.Lookup;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// Asks serving databases for the password hashes of users, by `auth.query`. Two connections for
/// each database, read-only, with a search path of their own: nothing that a client says but its
/// user name gets near the query, and that as a value. Thread-safe; blocks, so virtual threads
/// only.
public final class StoredPasswords implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StoredPasswords.class);

    private static final int CONNECTIONS = 2;
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(1);
    private static final Pattern NAME = Pattern.compile("\\$1(?!\\d)");

    private record Place(String database, String server) {}

    private record Pool(Server server, HikariDataSource connections) {}

    private final String applicationName;
    private final Map<Place, Pool> pools = new ConcurrentHashMap<>();

    /// @param instance the name of this proxy among all
    public StoredPasswords(String instance) {
        applicationName = "pointsman/" + instance;
    }

    /// What is stored about the user; empty when there is no such user, or no password that still
    /// counts.
    ///
    /// @throws SQLException when the database cannot be asked; what a person should read is logged
    public Optional<Secret> find(Database database, String server, Lookup lookup, String user)
            throws SQLException {
        try (var connection = pool(database, server, lookup).getConnection()) {
            return ask(connection, lookup, user);
        } catch (SQLException e) {
            log.atWarn()
                    .addKeyValue("database", database.name())
                    .addKeyValue("server", server)
                    .addKeyValue("sqlstate", e.getSQLState())
                    .addKeyValue("cause", cause(e))
                    .log("auth.query fails: nobody can log in by it");
            throw e;
        }
    }

    private static Optional<Secret> ask(Connection connection, Lookup lookup, String user)
            throws SQLException {
        var query = lookup.query().replace("?", "??");
        var matcher = NAME.matcher(query);
        int names = (int) matcher.results().count();
        try (var statement = connection.prepareStatement(matcher.replaceAll("?"))) {
            for (int i = 1; i <= names; i++) {
                statement.setString(i, user);
            }
            try (var rows = statement.executeQuery()) {
                if (!rows.next() || !user.equals(rows.getString(1))) {
                    return Optional.empty();
                }
                var stored = rows.getString(2);
                if (rows.next()) {
                    throw new SQLException("auth.query gives several rows for one user", "21000");
                }
                return stored == null ? Optional.empty() : Secret.hash(stored);
            }
        }
    }

    private HikariDataSource pool(Database database, String name, Lookup lookup) {
        var server = asking(database.server(name), lookup);
        return pools.compute(
                        new Place(database.name(), name),
                        (place, known) -> {
                            if (known != null && known.server().equals(server)) {
                                return known;
                            }
                            if (known != null) {
                                known.connections().close();
                            }
                            return new Pool(server, newPool(place, server));
                        })
                .connections();
    }

    private static Server asking(Server server, Lookup lookup) {
        var control = server.control();
        return (lookup.user().isEmpty()
                        ? server
                        : server.withControl(
                                new Control(
                                        lookup.user(), lookup.source(), control.maintenanceDb())))
                .withoutUsers();
    }

    private HikariDataSource newPool(Place place, Server server) {
        var config = new HikariConfig();
        config.setPoolName("users-" + place.database() + "-" + place.server());
        var address = new ControlAddress(server, server.dbname(), applicationName);
        config.setDataSource(
                new ControlSource(
                        address,
                        new ControlLimits(LIMIT, LIMIT.plusSeconds(1)),
                        new OwnBackends()));
        config.setConnectionInitSql("SET default_transaction_read_only = on");
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(0);
        config.setInitializationFailTimeout(-1);
        config.setConnectionTimeout(LIMIT.toMillis());
        config.setIdleTimeout(IDLE_TIMEOUT.toMillis());
        return new HikariDataSource(config);
    }

    /// Where a pool could not connect, the driver's own words are behind the pool's.
    private static String cause(SQLException e) {
        return String.valueOf((e.getCause() == null ? e : e.getCause()).getMessage());
    }

    @Override
    public void close() {
        pools.values().forEach(pool -> pool.connections().close());
    }
}
