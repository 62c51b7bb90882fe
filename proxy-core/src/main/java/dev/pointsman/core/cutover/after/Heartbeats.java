package dev.pointsman.core.cutover.after;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Clusters;
import dev.pointsman.core.cluster.Sql;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/// Says on each serving server that this instance lives, where our tables are, and tells of others
/// that do.
public final class Heartbeats implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Heartbeats.class);
    private static final Duration EVERY = Duration.ofSeconds(5);

    /// Three missed beats and a little.
    private static final int ALIVE_SECONDS = 18;

    private static final String BEAT =
            """
            INSERT INTO pointsman.heartbeat (instance, at) VALUES (?, clock_timestamp())
            ON CONFLICT (instance) DO UPDATE SET at = excluded.at\
            """;

    private static final String OTHERS =
            """
            SELECT instance FROM pointsman.heartbeat
             WHERE instance <> ? AND at > clock_timestamp() - ? * interval '1 second'
             ORDER BY at DESC\
            """;

    private final Clusters clusters;
    private final Function<String, String> serving;
    private final Set<String> quiet = ConcurrentHashMap.newKeySet();
    private final ConcurrentHashMap<String, ReentrantLock> beating = new ConcurrentHashMap<>();
    private final Thread thread;

    /// `serving` says which server serves a database.
    public Heartbeats(Clusters clusters, Function<String, String> serving) {
        this.clusters = clusters;
        this.serving = serving;
        this.thread = Thread.ofVirtual().name("heartbeats").unstarted(this::beatOn);
    }

    public void start() {
        thread.start();
    }

    private void beatOn() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                for (var database : clusters.databases().keySet()) {
                    Thread.ofVirtual()
                            .name("heartbeat-" + database)
                            .start(() -> beatUnlessBeating(database));
                }
                Thread.sleep(EVERY);
            }
        } catch (InterruptedException _) {
            // the end
        }
    }

    /// A server that does not answer keeps no other database's beat back, and gets no second one.
    private void beatUnlessBeating(String database) {
        var lock = beating(database);
        if (lock.tryLock()) {
            try {
                beat(database);
            } finally {
                lock.unlock();
            }
        }
    }

    private ReentrantLock beating(String database) {
        return beating.computeIfAbsent(database, _ -> new ReentrantLock());
    }

    /// Beats once now, unless a run wants quiet.
    public void beat(String database) {
        var lock = beating(database);
        lock.lock();
        try {
            var cluster = clusters.of(database, serving.apply(database));
            if (!quiet.contains(database) && !cluster.server().control().user().isEmpty()) {
                cluster.call(on -> hasTable(on) ? Sql.run(on, BEAT, clusters.instance()) : 0);
            }
        } catch (SQLException e) {
            log.atDebug()
                    .addKeyValue("database", database)
                    .addKeyValue("cause", e)
                    .log("no heartbeat this time");
        } finally {
            lock.unlock();
        }
    }

    private static boolean hasTable(java.sql.Connection on) throws SQLException {
        return Sql.is(on, "SELECT to_regclass('pointsman.heartbeat') IS NOT NULL");
    }

    /// No beat from the fence to the release: it would take a transaction id on the source. Returns
    /// when the last one is over.
    public void hush(String database) {
        var lock = beating(database);
        lock.lock();
        try {
            quiet.add(database);
        } finally {
            lock.unlock();
        }
    }

    public void resume(String database) {
        quiet.remove(database);
    }

    /// Another living instance, by what any server that can be asked says.
    public Optional<String> other(String database) {
        return living(database).stream().findFirst();
    }

    /// Whether that other instance is among the living.
    public boolean isAlive(String database, String instance) {
        return living(database).contains(instance);
    }

    private List<String> living(String database) {
        var settings = clusters.databases().get(database);
        if (settings == null) {
            return List.of();
        }
        return settings.servers().keySet().stream()
                .flatMap(server -> living(clusters.of(database, server)).stream())
                .toList();
    }

    private List<String> living(Cluster cluster) {
        if (cluster.server().control().user().isEmpty()) {
            return List.of();
        }
        try {
            return cluster.call(
                    on ->
                            hasTable(on)
                                    ? Sql.texts(on, OTHERS, clusters.instance(), ALIVE_SECONDS)
                                    : List.<String>of());
        } catch (SQLException e) {
            log.atDebug()
                    .addKeyValue("server", cluster.name())
                    .addKeyValue("cause", e)
                    .log("cannot ask for other instances");
            return List.of();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
