package dev.pointsman.core.cluster.backend;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Clusters;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.cluster.SqlCall;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// The server processes behind connections that were lost in mid-transaction. Such a process may
/// not have noticed, and still commit: only `pg_stat_activity` tells when it has ended. One virtual
/// thread for each server that has any.
public final class LostBackends implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LostBackends.class);
    private static final Duration FIRST = Duration.ofMillis(5);
    private static final Duration LAST = Duration.ofMillis(250);

    /// The time of its start tells a process from a later one with the same number.
    private static final String THERE =
            "SELECT pid, coalesce(backend_start::text, '') FROM pg_stat_activity"
                    + " WHERE pid = ANY (?)";

    private record Place(String database, String server) {}

    private record Lost(int pid, Runnable gone) {}

    private record There(int pid, String start) {}

    private final Clusters clusters;
    private final Map<Place, List<Lost>> watched = new HashMap<>();
    private boolean closed;

    public LostBackends(Clusters clusters) {
        this.clusters = clusters;
    }

    /// Runs `gone` once the server was seen without that process, on a virtual thread; never while
    /// the server does not answer, but at once where it does not let the control role in. Returns
    /// at once, takes no lock: for event loops.
    public void awaitGone(String database, String server, int pid, Runnable gone) {
        var place = new Place(database, server);
        Thread.ofVirtual()
                .name("lost-backend-" + pid)
                .start(() -> watch(place, new Lost(pid, gone)));
    }

    private void watch(Place place, Lost first) {
        if (!isFirst(place, first)) {
            return;
        }
        var starts = new HashMap<Lost, String>();
        var told = false;
        for (var pause = FIRST; ; pause = shorter(pause.multipliedBy(2), LAST)) {
            var asked = asked(place);
            try {
                if (isOver(place, gone(place, asked, starts))) {
                    return;
                }
            } catch (SQLException | RuntimeException e) {
                if (!told) {
                    told = true;
                    log.atWarn()
                            .addKeyValue("database", place.database())
                            .addKeyValue("server", place.server())
                            .addKeyValue("pids", asked.stream().map(Lost::pid).toList())
                            .addKeyValue("cause", e.getMessage())
                            .log("cannot ask whether lost server processes have ended");
                }
                if (isOver(place, isInVain(e) ? asked : List.of())) {
                    return;
                }
            }
            LockSupport.parkNanos(pause.toNanos());
        }
    }

    /// The control role is not let in, or the server is configured no more: there can be no cutover
    /// from there, and waiting would keep PAUSE from ever being answered.
    private static boolean isInVain(Exception cause) {
        return cause instanceof IllegalArgumentException
                || (cause instanceof SQLException e
                        && e.getSQLState() != null
                        && (e.getSQLState().startsWith("28") || e.getSQLState().equals("08004")));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private synchronized boolean isFirst(Place place, Lost one) {
        var others = watched.get(place);
        if (others != null) {
            others.add(one);
            return false;
        }
        watched.put(place, new ArrayList<>(List.of(one)));
        return true;
    }

    private synchronized List<Lost> asked(Place place) {
        return List.copyOf(watched.getOrDefault(place, List.of()));
    }

    /// Tells of those that are gone; whether nothing is left to watch.
    private boolean isOver(Place place, List<Lost> gone) {
        boolean over;
        synchronized (this) {
            var left = watched.getOrDefault(place, new ArrayList<>());
            left.removeAll(gone);
            over = left.isEmpty() || closed;
            if (over) {
                watched.remove(place);
            }
        }
        gone.forEach(one -> one.gone().run());
        return over;
    }

    private List<Lost> gone(Place place, List<Lost> asked, Map<Lost, String> starts)
            throws SQLException {
        var pids = asked.stream().map(Lost::pid).toArray(Integer[]::new);
        var there = new HashMap<Integer, String>();
        for (var one : there(clusters.of(place.database(), place.server()), pids)) {
            there.put(one.pid(), one.start());
        }
        return asked.stream()
                .filter(
                        one -> {
                            var start = there.get(one.pid());
                            var known = start == null ? null : starts.putIfAbsent(one, start);
                            return start == null || (known != null && !known.equals(start));
                        })
                .toList();
    }

    /// A fence may keep us out of the database, but not out of the other one.
    private static List<There> there(Cluster on, Integer[] pids) throws SQLException {
        SqlCall<List<There>> look =
                connection ->
                        Sql.list(
                                connection,
                                THERE,
                                row -> new There(row.getInt(1), row.getString(2)),
                                (Object) pids);
        try {
            return on.call(look);
        } catch (SQLException e) {
            try {
                return on.maintenance(look);
            } catch (SQLException other) {
                e.addSuppressed(other);
                throw e;
            }
        }
    }

    /// Watches nothing any more, and tells nobody.
    @Override
    public synchronized void close() {
        closed = true;
    }
}
