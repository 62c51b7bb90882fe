package dev.pointsman.core.cutover.after;

import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.cluster.watch.LastReason;
import dev.pointsman.core.meter.DatabaseMeter;
import dev.pointsman.core.migration.passage.Crossing;
import dev.pointsman.core.migration.passage.Deadline;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Looks for writes on a server that was left, made past the proxy, and raises an alarm with their
/// content. What replication brings there does not count, nor what is in our own tables. The slot
/// that shows them stays where it is while a stray is in it, so that a restart finds it again.
public final class StrayWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StrayWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(3);
    private static final int MOST = 50;

    private static final String PEEK =
            """
            SELECT data FROM pg_replication_slots s, pg_logical_slot_peek_changes(s.slot_name,
                   ?::pg_lsn, NULL, 'only-local', '1', 'skip-empty-xacts', '1')
             WHERE s.slot_name = ? AND data LIKE 'table %' AND data NOT LIKE 'table pointsman.%' LIMIT ?\
            """;

    private static final String ADVANCE =
            """
            SELECT pg_replication_slot_advance(slot_name, ?::pg_lsn)::text FROM pg_replication_slots
             WHERE slot_name = ? AND NOT active AND confirmed_flush_lsn < ?::pg_lsn\
            """;

    /// False while somebody else looks, no row without the slot.
    private static final String FREE =
            "SELECT NOT active FROM pg_replication_slots WHERE slot_name = ?";

    private static final Duration FREE_LIMIT = Duration.ofSeconds(10);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final Crossing left;
    private final BooleanSupplier stillLeft;
    private final DatabaseMeter meter;
    private final LastReason told = new LastReason();
    private final Thread thread;
    private volatile List<String> found = List.of();
    private volatile boolean closed;

    /// Begins to watch the source of a crossing that was decided. What is found once clients are
    /// led there again, which `stillLeft` tells, is theirs.
    public StrayWatch(Crossing left, BooleanSupplier stillLeft, DatabaseMeter meter) {
        this.left = left;
        this.stillLeft = stillLeft;
        this.meter = meter;
        this.thread = Thread.ofVirtual().name("strays-" + left.database()).start(this::watch);
    }

    private void watch() {
        while (!closed) {
            try {
                look();
                Thread.sleep(EVERY);
            } catch (SQLException e) {
                if (!closed) {
                    tell(String.valueOf(e.getMessage()));
                }
                pause();
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    private void tell(String why) {
        if (told.isNew(why)) {
            log.atWarn()
                    .addKeyValue("database", left.database())
                    .addKeyValue("server", left.source().name())
                    .addKeyValue("why", why)
                    .log("stray writes cannot be looked for now");
        }
    }

    private void pause() {
        try {
            Thread.sleep(EVERY);
        } catch (InterruptedException _) {
            closed = true;
        }
    }

    /// Looks now; what was found so far stays found.
    ///
    /// @throws SQLException also when the slot that shows them is missing
    public synchronized List<String> look() throws SQLException {
        var now = left.source().call(this::peek);
        if (now.size() > found.size() && stillLeft.getAsBoolean()) {
            var fresh = now.subList(found.size(), now.size());
            meter.strays(fresh.size());
            log.atError()
                    .addKeyValue("database", left.database())
                    .addKeyValue("server", left.source().name())
                    .addKeyValue("writes", fresh)
                    .log("stray writes on the server that was left");
            found = now;
        }
        return found;
    }

    /// What has been told so far.
    List<String> told() {
        return found;
    }

    /// The position is read before the look, so that nothing is skipped unseen.
    private List<String> peek(Connection on) throws SQLException {
        awaitFree(on, left.canary());
        var upTo = Sql.one(on, "SELECT pg_current_wal_flush_lsn()::text", row -> row.getString(1));
        var strays = peek(on, left.canary(), upTo);
        if (strays.isEmpty() && found.isEmpty()) {
            Sql.texts(on, ADVANCE, upTo, left.canary(), upTo);
        }
        return strays;
    }

    /// Writes past the proxy in transactions that were committed before a position, as far as a
    /// slot still has them.
    ///
    /// @throws SQLException also when the slot is missing
    static List<String> before(Connection on, String slot, String position) throws SQLException {
        awaitFree(on, slot);
        return peek(on, slot, position);
    }

    private static List<String> peek(Connection on, String slot, String upTo) throws SQLException {
        return Sql.texts(on, PEEK, upTo, slot, MOST);
    }

    private static void awaitFree(Connection on, String slot) throws SQLException {
        var until = Deadline.in(FREE_LIMIT);
        while (true) {
            var free = Sql.list(on, FREE, row -> row.getBoolean(1), slot);
            if (free.isEmpty()) {
                throw new SQLException(
                        "slot " + slot + " is missing, which shows writes past the proxy", "55000");
            }
            if (free.getFirst()) {
                return;
            }
            if (until.passed()) {
                throw new SQLException("slot " + slot + " is in use", "55006");
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    /// What was found so far.
    public List<String> found() {
        return found;
    }

    public Crossing left() {
        return left;
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
