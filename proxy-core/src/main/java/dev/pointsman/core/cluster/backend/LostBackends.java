package dev.pointsman.core.cluster.backend;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Clusters;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.cluster.SqlCall;
import dev.pointsman.core.cluster.watch.LastReason;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/// The server processes behind connections that were lost in mid-transaction. Such a process may
/// not have noticed, and still commit: only `pg_stat_activity` tells when it has ended. One virtual
/// thread for each server that has any.
public final class LostBackends implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LostBackends.class);
    private static final Duration FIRST = Duration.ofMillis(5);
    private static final Duration LAST = Duration.ofMillis(250);

    /// Numbers come again: one that began after the loss is another process, and after a restart of
    /// the server all are.
    private static final String THERE =
            """
            SELECT a.pid FROM pg_stat_activity a
              JOIN unnest(?::int4[], ?::int8[]) AS lost(pid, ms) ON a.pid = lost.pid
             WHERE coalesce(a.backend_start, '-infinity')
                   <= clock_timestamp() - lost.ms * interval '1 millisecond'
               AND pg_postmaster_start_time()
                   <= clock_timestamp() - lost.ms * interval '1 millisecond'\
            """;

    private record Place(String database, String server) {}

    /// `since` is of `System.nanoTime()`.
    private record Lost(int pid, long since, Runnable gone) {}

    private final Clusters clusters;
    private final Map<Place, List<Lost>> watched = new HashMap<>();
    private final Set<Place> silent = new HashSet<>();
    private boolean closed;

    public LostBackends(Clusters clusters) {
        this.clusters = clusters;
    }

    /// Runs `gone` once the server was seen without that process, on a virtual thread; never while
    /// the server does not answer, but at once where it does not let the control role in. Returns
    /// at once, takes no lock: for event loops.
    public void awaitGone(String database, String server, int pid, Runnable gone) {
        var place = new Place(database, server);
        var lost = new Lost(pid, System.nanoTime(), gone);
        Thread.ofVirtual().name("lost-backend-" + pid).start(() -> watch(place, lost));
    }

    /// Whether nobody can tell now of any process that a database's servers lost: each of these
    /// servers was asked and did not answer. False when none is waited for.
    public synchronized boolean isSilent(String database) {
        var places =
                watched.keySet().stream()
                        .filter(place -> place.database().equals(database))
                        .toList();
        return !places.isEmpty() && silent.containsAll(places);
    }

    /// Whatever goes wrong, an error too, those that are watched go on being asked about: a watch
    /// that ended would leave them, and those that come after them, inside for good.
    private void watch(Place place, Lost first) {
        if (!isFirst(place, first)) {
            return;
        }
        var told = new LastReason();
        for (var pause = FIRST; ; pause = shorter(pause.multipliedBy(2), LAST)) {
            var asked = asked(place);
            try {
                if (isOver(place, gone(place, asked))) {
                    return;
                }
            } catch (SQLException | RuntimeException | Error e) {
                noteSilent(place);
                if (told.isNew(e.toString())) {
                    log.atWarn()
                            .addKeyValue("database", place.database())
                            .addKeyValue("server", place.server())
                            .addKeyValue("pids", asked.stream().map(Lost::pid).toList())
                            .addKeyValue("cause", e.toString())
                            .log("cannot ask whether lost server processes have ended");
                }
                if (isOver(place, isInVain(e) ? asked : List.of())) {
                    return;
                }
            }
            LockSupport.parkNanos(pause.toNanos());
        }
    }

    /// The control role is not let in by either way, or the server is configured no more: there can
    /// be no cutover from there, and waiting would keep PAUSE from ever being answered.
    private static boolean isInVain(Throwable cause) {
        return cause instanceof IllegalArgumentException
                || (isLasting(cause)
                        && Arrays.stream(cause.getSuppressed()).allMatch(LostBackends::isLasting));
    }

    private static boolean isLasting(Throwable cause) {
        var state = cause instanceof SQLException e ? Objects.toString(e.getSQLState(), "") : "";
        return state.startsWith("28") || Set.of("08004", "08P01", "3D000", "42501").contains(state);
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
                silent.remove(place);
            }
        }
        gone.forEach(one -> tell(place, one));
        return over;
    }

    private synchronized void noteSilent(Place place) {
        silent.add(place);
    }

    private synchronized void noteAnswered(Place place) {
        silent.remove(place);
    }

    /// One that cannot be told keeps the others from nothing.
    private static void tell(Place place, Lost one) {
        try {
            one.gone().run();
        } catch (RuntimeException e) {
            log.atError()
                    .addKeyValue("database", place.database())
                    .addKeyValue("server", place.server())
                    .addKeyValue("pid", one.pid())
                    .setCause(e)
                    .log("the end of a lost server process could not be told");
        }
    }

    private List<Lost> gone(Place place, List<Lost> asked) throws SQLException {
        var there = there(clusters.of(place.database(), place.server()), asked);
        noteAnswered(place);
        return asked.stream().filter(one -> !there.contains(one.pid())).toList();
    }

    /// A fence may keep us out of the database, but not out of the other one.
    private static List<Integer> there(Cluster on, List<Lost> asked) throws SQLException {
        var now = System.nanoTime();
        Object pids = asked.stream().map(Lost::pid).toArray(Integer[]::new);
        Object ages =
                asked.stream().map(one -> (now - one.since()) / 1_000_000).toArray(Long[]::new);
        SqlCall<List<Integer>> look =
                connection -> Sql.list(connection, THERE, row -> row.getInt(1), pids, ages);
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
