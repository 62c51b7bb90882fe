package dev.pointsman.core.cutover.after;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Clusters;
import dev.pointsman.core.cluster.watch.LastReason;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.cutover.record.Beats;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/// Says on each serving server that this instance lives, where our tables are, and tells of others
/// that do. Not of databases that no file names: nobody cuts those over here, who does so elsewhere
/// meets our sessions as strangers, and a beat would keep their owners from dropping them.
public final class Heartbeats implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Heartbeats.class);
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final Duration LEAVING = Duration.ofSeconds(2);

    private final Clusters clusters;
    private final Function<String, String> serving;
    private final Map<Server, LastReason> told = new ConcurrentHashMap<>();
    private final Set<String> quiet = ConcurrentHashMap.newKeySet();
    private final ConcurrentHashMap<String, String> promised = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, ReentrantLock> beating = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile boolean closed;

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
                for (var database : named()) {
                    Thread.ofVirtual()
                            .name("heartbeat-" + database.name())
                            .start(() -> beatUnlessBeating(database.name()));
                }
                Thread.sleep(EVERY);
            }
        } catch (InterruptedException _) {
            // the end
        }
    }

    private List<Database> named() {
        return clusters.databases().values().stream().filter(one -> !one.unnamed()).toList();
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
        beat(database, serving.apply(database));
    }

    private void beat(String database, String server) {
        var lock = beating(database);
        lock.lock();
        try {
            var cluster = clusters.of(database, server);
            if (!closed
                    && !quiet.contains(database)
                    && !cluster.server().control().user().isEmpty()) {
                cluster.call(
                        on -> {
                            Beats.beat(on, clusters.instance());
                            return true;
                        });
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

    /// No beat from the fence to the release: it would take a transaction id on the source. The
    /// last one promises that this silence is not death. Returns when it is written.
    ///
    /// @throws IllegalStateException when it cannot be: others would take the attempt for abandoned
    public void hush(String database) {
        var lock = beating(database);
        lock.lock();
        try {
            quiet.add(database);
            promise(database);
        } finally {
            lock.unlock();
        }
    }

    private void promise(String database) {
        var cluster = clusters.of(database, serving.apply(database));
        promised.put(database, cluster.name());
        try {
            cluster.call(
                    on -> {
                        Beats.promise(on, clusters.instance(), cluster.database().cutover());
                        return true;
                    });
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "other instances cannot be told of the attempt, the heartbeat on %s cannot be written: %s"
                            .formatted(cluster.name(), e.getMessage()),
                    e);
        }
    }

    /// Takes the promise back as well, on a server that does not serve any more, too. Returns at
    /// once.
    public void resume(String database) {
        quiet.remove(database);
        var server = promised.remove(database);
        if (server != null) {
            Thread.ofVirtual().name("heartbeat-" + database).start(() -> beat(database, server));
        }
    }

    /// Asks every server of the database.
    public Heard hear(String database) {
        var living = new LinkedHashMap<String, String>();
        var silent = new ArrayList<String>();
        var settings = clusters.databases().get(database);
        if (settings != null) {
            for (var server : settings.servers().values()) {
                if (!server.control().user().isEmpty()) {
                    hear(clusters.of(database, server.name()), living, silent);
                }
            }
        }
        return new Heard(database, living, silent);
    }

    private void hear(Cluster cluster, Map<String, String> living, List<String> silent) {
        try {
            cluster.call(on -> Beats.others(on, clusters.instance()))
                    .forEach(
                            (instance, when) ->
                                    living.putIfAbsent(
                                            instance, "on %s: %s".formatted(cluster.name(), when)));
            told.remove(cluster.server());
        } catch (SQLException e) {
            tell(cluster, String.valueOf(e.getMessage()));
            silent.add(cluster.name() + " cannot be asked: " + e.getMessage());
        }
    }

    private void tell(Cluster cluster, String why) {
        if (told.computeIfAbsent(cluster.server(), _ -> new LastReason()).isNew(why)) {
            log.atWarn()
                    .addKeyValue("database", cluster.database().name())
                    .addKeyValue("server", cluster.name())
                    .addKeyValue("cause", why)
                    .log("cannot ask for other instances");
        }
    }

    /// The other living instances.
    ///
    /// @throws SQLException also when a server cannot be asked for them, 55000
    public Set<String> living(String database) throws SQLException {
        var heard = hear(database);
        if (!heard.isComplete()) {
            throw new SQLException(heard.doubt(), "55000");
        }
        return heard.living().keySet();
    }

    /// Another living instance, by what any server that can be asked says, and when it was heard
    /// of.
    public Optional<String> other(String database) {
        return hear(database).other();
    }

    /// Why that other instance, whose attempt leaves `server`, is to be taken for alive; empty when
    /// it is not. That server has its heartbeat, and the promise of its silence; when it cannot say
    /// so, that is no proof of anybody's death.
    public String signOf(String database, String server, String instance) {
        var living = new HashMap<String, String>();
        var silent = new ArrayList<String>();
        hear(clusters.of(database, server), living, silent);
        if (living.containsKey(instance)) {
            return "was alive a moment ago";
        }
        return silent.isEmpty()
                ? ""
                : "may be alive: its heartbeat on " + String.join("; ", silent);
    }

    /// Takes its word back on every server, as far as they answer soon: whoever comes next need not
    /// wait for it to grow old. Not where a run has announced a silence, which nobody may take for
    /// the end of its attempt.
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        var leaving = new ArrayList<Thread>();
        for (var database : named()) {
            for (var server : database.servers().values()) {
                if (!server.control().user().isEmpty()) {
                    leaving.add(
                            Thread.ofVirtual()
                                    .name("heartbeat-" + database.name())
                                    .start(
                                            () ->
                                                    leave(
                                                            clusters.of(
                                                                    database.name(),
                                                                    server.name()))));
                }
            }
        }
        var until = System.nanoTime() + LEAVING.toNanos();
        try {
            for (var one : leaving) {
                one.join(Duration.ofNanos(Math.max(1, until - System.nanoTime())));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void leave(Cluster cluster) {
        var database = cluster.database().name();
        var lock = beating(database);
        lock.lock();
        try {
            if (!quiet.contains(database) && !promised.containsKey(database)) {
                cluster.call(
                        on -> {
                            Beats.forget(on, clusters.instance());
                            return true;
                        });
            }
        } catch (SQLException | RuntimeException e) {
            log.atDebug()
                    .addKeyValue("database", database)
                    .addKeyValue("server", cluster.name())
                    .addKeyValue("cause", e)
                    .log("the heartbeat stays until it is old");
        } finally {
            lock.unlock();
        }
    }
}
