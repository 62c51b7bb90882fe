package dev.pointsman.core.migration.run;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.Serving;
import dev.pointsman.core.migration.setup.Pair;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// Moves slots that nobody reads, so that WAL does not pile up behind them: the waiting direction's
/// slot, and those that show writes past us.
///
/// A slot is only moved to a position read in an earlier tick while the same server served in the
/// same epoch, never to "now": a call that is delayed past a swap would otherwise skip what clients
/// write afterwards, and the way back would lose it. [#stop] returns once the last call was
/// answered.
final class SlotAdvance {
    private record Seen(Serving.Served served, String from, String to) {}

    private final Pair pair;
    private final Serving serving;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Seen seen;
    private boolean stopped;
    private volatile List<String> strays = List.of();

    SlotAdvance(Pair pair, Serving serving) {
        this.pair = pair;
        this.serving = serving;
    }

    void stop() {
        lock.lock();
        try {
            stopped = true;
            seen = null;
        } finally {
            lock.unlock();
        }
    }

    void resume() {
        lock.lock();
        try {
            stopped = false;
            seen = null;
        } finally {
            lock.unlock();
        }
    }

    /// Writes on the target that came neither from replication nor through us, as last seen while
    /// the source served.
    List<String> strays() {
        return strays;
    }

    /// One round; nothing happens in the first one after a start, a stop or a swap.
    void tick() throws SQLException {
        lock.lock();
        try {
            if (!stopped) {
                round();
            }
        } finally {
            lock.unlock();
        }
    }

    private void round() throws SQLException {
        var database = pair.names().database();
        var served = serving.now(database);
        var direction = pair.serving(served.server());
        var from = pair.from(direction);
        var to = pair.to(direction);
        var now = new Seen(served, position(from), position(to));
        var before = seen;
        seen = serving.now(database).equals(served) ? now : null;
        if (seen == null || before == null || !before.served().equals(served)) {
            return;
        }
        advance(to, pair.names().slot(direction.opposite()), before.to());
        advance(from, pair.names().canary(direction), before.from());
        switch (direction) {
            case FORWARD -> lookForStrays(to, before.to());
            case BACK -> {} // the source was left: its slot belongs to the watch for strays
        }
    }

    private void lookForStrays(Cluster target, String upTo) throws SQLException {
        var canary = pair.names().canary(Direction.BACK);
        strays = Strays.peek(target, canary, upTo);
        if (strays.isEmpty()) {
            advance(target, canary, upTo);
        }
    }

    private static String position(Cluster cluster) throws SQLException {
        return cluster.call(
                connection ->
                        Sql.one(
                                connection,
                                "SELECT pg_current_wal_flush_lsn()::text",
                                row -> row.getString(1)));
    }

    private static void advance(Cluster cluster, String slot, String upTo) throws SQLException {
        cluster.call(
                connection ->
                        Sql.run(
                                connection,
                                """
                                SELECT pg_replication_slot_advance(slot_name, ?::pg_lsn)
                                  FROM pg_replication_slots
                                 WHERE slot_name = ? AND NOT active
                                   AND confirmed_flush_lsn < ?::pg_lsn\
                                """,
                                upTo,
                                slot,
                                upTo));
    }
}
