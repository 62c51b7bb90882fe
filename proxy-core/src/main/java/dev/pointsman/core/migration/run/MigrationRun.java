package dev.pointsman.core.migration.run;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.cluster.backend.OnServer;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.MigrationState;
import dev.pointsman.core.migration.OurSchema;
import dev.pointsman.core.migration.schema.PgDump;
import dev.pointsman.core.migration.schema.SchemaCopy;
import dev.pointsman.core.migration.schema.UserTables;
import dev.pointsman.core.migration.setup.LongSql;
import dev.pointsman.core.migration.setup.Pair;
import dev.pointsman.core.migration.setup.Publications;
import dev.pointsman.core.migration.setup.ReversePath;
import dev.pointsman.core.migration.setup.SequenceCopy;
import dev.pointsman.core.migration.setup.Slots;
import dev.pointsman.core.migration.setup.Subscriptions;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The way from nothing to `ready`, step by step on a virtual thread of its own. Every step looks
/// first whether it was done already, so that a run which was cut off is simply begun again.
///
/// [#doing] may be asked from any thread; [#stop] ends the run wherever it is.
final class MigrationRun {
    private static final Logger log = LoggerFactory.getLogger(MigrationRun.class);
    private static final String TOO_MANY_CONNECTIONS = "53300";
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final String instance;
    private final Pair pair;
    private final Map<Integer, Cluster> longCalls = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile MigrationRow row;
    private volatile String doing = "";
    private volatile boolean stopping;

    MigrationRun(String instance, Pair pair, MigrationRow row) {
        this.instance = instance;
        this.pair = pair;
        this.row = row;
        thread =
                Thread.ofVirtual()
                        .name("migration-" + pair.names().database())
                        .unstarted(this::run);
    }

    void begin() {
        thread.start();
    }

    /// What it is at, for people; empty when it has ended.
    String doing() {
        return doing;
    }

    boolean isAlive() {
        return thread.isAlive();
    }

    /// Ends the run and returns once it has ended: statements that wait are ended on their server.
    void stop() throws InterruptedException {
        stopping = true;
        while (thread.isAlive()) {
            longCalls.forEach(MigrationRun::terminate);
            thread.interrupt();
            thread.join(POLL);
        }
    }

    private static void terminate(int pid, Cluster cluster) {
        try {
            cluster.call(connection -> Sql.run(connection, "SELECT pg_terminate_backend(?)", pid));
        } catch (SQLException e) {
            log.atWarn()
                    .addKeyValue("server", cluster.name())
                    .addKeyValue("pid", pid)
                    .addKeyValue("cause", e.getMessage())
                    .log("a statement of a migration could not be ended");
        }
    }

    private void run() {
        try {
            while (!attempt()) {
                Thread.sleep(RETRY);
            }
            log.atInfo()
                    .addKeyValue("database", pair.names().database())
                    .addKeyValue("target", pair.target().name())
                    .log("migration is ready for a cutover");
        } catch (InterruptedException _) {
            // stopped: whoever did it knows
        } catch (SQLException | IOException | RuntimeException e) {
            if (!stopping) {
                fail(e);
            }
        } finally {
            doing = "";
        }
    }

    /// All steps, those done already passed over; false when a server went away in the middle.
    private boolean attempt() throws SQLException, IOException, InterruptedException {
        try {
            prepare();
            copy();
            settle();
            return true;
        } catch (SQLException e) {
            if (stopping || !isPassing(e)) {
                throw e;
            }
            doing = "a server that went away: " + e.getMessage();
            return false;
        }
    }

    private static boolean isPassing(SQLException e) {
        return OnServer.isLost(e) || TOO_MANY_CONNECTIONS.equals(e.getSQLState());
    }

    private void prepare() throws SQLException, IOException, InterruptedException {
        doing = "schema";
        if (pair.target().call(SchemaCopy::isNeeded)) {
            SchemaCopy.run(
                    PgDump.find().orElseThrow(() -> new IOException("no pg_dump on the PATH")),
                    pair.source(),
                    pair.target());
        }
        doing = "publication";
        var tables = pair.source().call(UserTables::names);
        write(row.of(tables));
        longSql(
                pair.source(),
                "publication",
                connection -> {
                    OurSchema.seed(connection, Direction.FORWARD);
                    Publications.create(connection, pair.names(), Direction.FORWARD, tables);
                });
        longSql(
                pair.source(),
                "replication slot",
                connection ->
                        Slots.create(
                                connection, pair.names().slot(Direction.FORWARD), Slots.PGOUTPUT));
        var options =
                Subscriptions.Options.copying(
                        pair.source().facts().major(), pair.target().facts().major());
        longSql(
                pair.target(),
                "subscription",
                connection ->
                        Subscriptions.create(
                                connection,
                                pair.names(),
                                Direction.FORWARD,
                                pair.source().server(),
                                options));
        if (row.state() == MigrationState.PREPARING) {
            write(row.in(MigrationState.COPYING, ""));
        }
    }

    private void copy() throws SQLException, InterruptedException {
        while (true) {
            var left = pair.target().call(this::notReady);
            if (left.isEmpty()) {
                break;
            }
            doing = "copy of " + left.size() + " tables, among them " + left.getFirst();
            Thread.sleep(POLL);
        }
        for (var table : row.tables()) {
            doing = "ANALYZE of " + table;
            longSql(pair.target(), doing, connection -> Sql.run(connection, "ANALYZE " + table));
        }
    }

    private List<String> notReady(Connection connection) throws SQLException {
        return Sql.texts(
                connection,
                """
                SELECT srrelid::regclass FROM pg_subscription_rel r
                  JOIN pg_subscription s ON s.oid = r.srsubid
                 WHERE s.subname = ? AND srsubstate <> 'r' ORDER BY 1\
                """,
                pair.names().subscription(Direction.FORWARD));
    }

    private void settle() throws SQLException {
        if (row.back()) {
            doing = "the way back";
            ReversePath.create(
                    pair,
                    row.tables(),
                    pair.source().facts().major(),
                    pair.target().facts().major(),
                    this::longSql);
        }
        doing = "sequences";
        try (var source = pair.source().dedicated();
                var target = pair.target().dedicated()) {
            SequenceCopy.copy(source, target);
        }
        write(row.in(MigrationState.READY, ""));
    }

    /// Runs on a connection of its own whose pid [#stop] knows.
    private void longSql(Cluster cluster, String what, LongSql.Work work) throws SQLException {
        doing = what + " on " + cluster.name();
        try (var connection = cluster.dedicated()) {
            var pid = cluster.pid(connection);
            longCalls.put(pid, cluster);
            try {
                if (stopping) {
                    throw new SQLException("the migration is being undone", "57014");
                }
                work.on(connection);
            } finally {
                longCalls.remove(pid);
            }
        }
    }

    private void write(MigrationRow next) throws SQLException {
        row = next;
        for (var cluster : List.of(pair.source(), pair.target())) {
            cluster.call(
                    connection -> {
                        next.write(connection, instance);
                        return true;
                    });
        }
    }

    private void fail(Exception cause) {
        var message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        log.atError()
                .addKeyValue("database", pair.names().database())
                .addKeyValue("step", doing)
                .addKeyValue("cause", message)
                .log("migration failed");
        try {
            write(row.in(MigrationState.FAILED, doing + ": " + message));
        } catch (SQLException e) {
            log.atError()
                    .addKeyValue("database", pair.names().database())
                    .addKeyValue("cause", e.getMessage())
                    .log("the failure could not be recorded in both servers");
        }
    }

    /// Writes that it is being undone; a server that cannot be written to is left as it is.
    void aborting() {
        for (var cluster : List.of(pair.source(), pair.target())) {
            try {
                row = row.in(MigrationState.ABORTING, "");
                cluster.call(
                        connection -> {
                            row.write(connection, instance);
                            return true;
                        });
            } catch (SQLException e) {
                log.atWarn()
                        .addKeyValue("server", cluster.name())
                        .addKeyValue("cause", e.getMessage())
                        .log("cannot note here that the migration is being undone");
            }
        }
    }

    /// As far as it got.
    MigrationRow row() {
        return row;
    }
}
