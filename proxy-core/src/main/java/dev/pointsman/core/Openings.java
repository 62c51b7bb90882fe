package dev.pointsman.core;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.cutover.record.Records;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// Opens the databases that no file names, as the wildcard leads to them: when somebody logs in to
/// one, and its server says that it has it. Each name is asked about once at a time, on a virtual
/// thread; a name that leads nowhere leaves nothing behind. Any thread; [#open] never blocks.
final class Openings implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Openings.class);

    /// Takes a database in.
    interface Taking {
        /// Completes when it is settled who serves, or known what that waits for. Blocks.
        CompletableFuture<Void> take(Database database) throws Refused;
    }

    private enum Entrance {
        OPEN,
        SHUT,
        INVALID
    }

    private final Supplier<Config> config;
    private final String instance;
    private final Taking taking;
    private final Map<String, CompletableFuture<Optional<ErrorReport>>> underWay =
            new ConcurrentHashMap<>();
    private @Nullable Cluster asked;

    /// @param instance the name of this proxy among all
    Openings(Supplier<Config> config, String instance, Taking taking) {
        this.config = config;
        this.instance = instance;
        this.taking = taking;
    }

    /// Completes once the database is there: empty, or why it is not.
    CompletableFuture<Optional<ErrorReport>> open(String name) {
        if (Database.CONSOLES.contains(name)) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        var promise = new CompletableFuture<Optional<ErrorReport>>();
        var earlier = underWay.putIfAbsent(name, promise);
        if (earlier != null) {
            return earlier;
        }
        Thread.ofVirtual().name("open-" + name).start(() -> open(name, promise));
        return promise;
    }

    private void open(String name, CompletableFuture<Optional<ErrorReport>> promise) {
        try {
            opened(name);
            underWay.remove(name);
            promise.complete(Optional.empty());
        } catch (Refused refused) {
            underWay.remove(name);
            promise.complete(Optional.of(refused.report()));
        } catch (RuntimeException | Error e) {
            underWay.remove(name);
            promise.completeExceptionally(e);
        }
    }

    private void opened(String name) throws Refused {
        var wildcard = config.get().wildcard();
        if (wildcard.isEmpty()) {
            return;
        }
        var database = wildcard.get().opened(name);
        requireThere(wildcard.get(), database);
        taking.take(database).join();
        log.atInfo()
                .addKeyValue("database", name)
                .addKeyValue("server", database.serve())
                .log("database opened by the wildcard");
    }

    /// Whether one more may come in beside what there is now.
    ///
    /// @throws Refused 53300 when the bound is reached, 55000 when another database leads there,
    ///   57P03 when the wildcard is another one by now
    static void requireRoom(Config now, Database database) throws Refused {
        var name = database.name();
        if (!now.wildcard().map(it -> it.opened(name)).equals(Optional.of(database))) {
            throw refused(
                    SqlState.CANNOT_CONNECT_NOW,
                    "the settings of database \"%s\" have just changed".formatted(name),
                    "Connect again.");
        }
        var twin = now.twin(database);
        if (twin.isPresent()) {
            throw known(name, twin.get());
        }
        int most = now.limits().wildcard().databases();
        if (now.unnamed().size() >= most) {
            throw refused(
                    SqlState.TOO_MANY_CONNECTIONS,
                    "no more databases can be opened by the wildcard (max_wildcard_databases is %d)"
                            .formatted(most),
                    "Raise max_wildcard_databases, or name the database in the proxy's"
                            + " configuration; then RELOAD.");
        }
    }

    /// A cutover of the one would leave the clients of the other behind.
    private static Refused known(String name, String twin) {
        return refused(
                SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                "database \"%s\" is known to the proxy as \"%s\"".formatted(name, twin),
                "Connect to database \"%s\".".formatted(twin));
    }

    private void requireThere(Database wildcard, Database database) throws Refused {
        var name = database.name();
        try {
            var entrance = asked(wildcard).maintenance(on -> entrance(on, name));
            if (entrance.isEmpty()) {
                throw refused(
                        SqlState.INVALID_CATALOG_NAME,
                        "database \"%s\" does not exist".formatted(name),
                        "Neither the proxy's configuration nor the server of its wildcard has a"
                                + " database of this name.");
            }
            switch (entrance.getFirst()) {
                case SHUT ->
                        throw refused(
                                SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                                "database \"%s\" is not currently accepting connections"
                                        .formatted(name),
                                "ALLOW_CONNECTIONS is false for it on the server.");
                case INVALID ->
                        throw refused(
                                SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                                "cannot connect to invalid database \"%s\"".formatted(name),
                                "Use DROP DATABASE to drop invalid databases.");
                case OPEN -> requireUnmoved(database);
            }
        } catch (SQLException e) {
            log.atWarn()
                    .addKeyValue("database", name)
                    .addKeyValue("server", wildcard.serve())
                    .addKeyValue("cause", e.getMessage())
                    .log("the wildcard's server could not be asked for a database");
            throw refused(
                    SqlState.CANNOT_CONNECT_NOW,
                    "server %s cannot be asked for database \"%s\" now"
                            .formatted(wildcard.serve(), name),
                    "Try again; the proxy's log says why.");
        }
    }

    private static List<Entrance> entrance(Connection on, String name) throws SQLException {
        return Sql.list(
                on,
                "SELECT datconnlimit = -2, datallowconn FROM pg_database WHERE datname::text = ?",
                row ->
                        row.getBoolean(1)
                                ? Entrance.INVALID
                                : row.getBoolean(2) ? Entrance.OPEN : Entrance.SHUT,
                name);
    }

    /// What was moved under another name, by this proxy before or by another one, has its records
    /// under that name: settling this one would not find them.
    private void requireUnmoved(Database database) throws SQLException, Refused {
        var name = database.name();
        try (var there = new Cluster(instance, database, database.server(database.serve()))) {
            var others = there.call(on -> Records.othersThan(on, name));
            if (!others.isEmpty()) {
                throw refused(
                        SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                        "database \"%s\" carries records of cutovers of database \"%s\""
                                .formatted(name, others.getFirst()),
                        "Connect to that one; the proxy's configuration has to name it, with all"
                                + " of its servers.");
            }
        }
    }

    private synchronized Cluster asked(Database wildcard) {
        var known = asked;
        if (known != null && known.database().equals(wildcard)) {
            return known;
        }
        close();
        var made = new Cluster(instance, wildcard, wildcard.server(wildcard.serve()));
        asked = made;
        return made;
    }

    private static Refused refused(SqlState state, String message, String hint) {
        return new Refused(ErrorReport.fatal(state, message).withHint(hint));
    }

    @Override
    public synchronized void close() {
        if (asked != null) {
            asked.close();
            asked = null;
        }
    }
}
