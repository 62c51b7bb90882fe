package dev.pointsman.core.migration.verify;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.verify.VerifiedTable.Verdict;
import dev.pointsman.core.wire.Refused;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Compares the tables of a migration on the serving server with those on the one that follows it,
/// while clients go on. Nothing is locked and nobody waits. Virtual threads; blocks for as long as
/// reading every table three times takes.
///
/// A table is digested here; then everything committed up to now has to arrive there; then it is
/// digested there. Equal digests mean equal rows at these two moments. Different ones mean nothing
/// yet, as the table may have been written to in between: only when it was not, twice in a row, do
/// the servers differ.
public final class Verification {
    private static final int LOOKS_MAX = 6;
    private static final int DIFFERENT_MIN = 2;
    private static final Duration ARRIVE_MAX = Duration.ofSeconds(30);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final Cluster from;
    private final Cluster to;
    private final String slot;
    private final List<String> tables;
    private @Nullable PreparedStatement running;
    private volatile boolean cancelled;

    /// @param slot through which changes flow
    /// @param tables qualified and quoted
    public Verification(Cluster from, Cluster to, String slot, List<String> tables) {
        this.from = from;
        this.to = to;
        this.slot = slot;
        this.tables = List.copyOf(tables);
    }

    /// One result per table, in order.
    ///
    /// @param told the table that is looked at
    /// @throws InterruptedException after [#cancel]
    public List<VerifiedTable> run(Consumer<String> told) throws Refused, InterruptedException {
        try (var here = open(from);
                var there = open(to)) {
            var results = new ArrayList<VerifiedTable>();
            for (var table : tables) {
                told.accept(
                        "comparing %s (%d of %d)"
                                .formatted(table, results.size() + 1, tables.size()));
                results.add(compare(here, there, table));
            }
            return results;
        } catch (SQLException e) {
            throw from.refusal(e);
        }
    }

    /// Ends a [#run] soon. Any thread.
    public void cancel() {
        cancelled = true;
        synchronized (this) {
            if (running != null) {
                try {
                    running.cancel();
                } catch (SQLException _) {
                    // It has ended by itself, or with its connection; either way it is no more.
                    running = null;
                }
            }
        }
    }

    private static Connection open(Cluster cluster) throws Refused {
        try {
            var connection = cluster.dedicated();
            for (var setting : TableDigest.SETTINGS) {
                Sql.run(connection, setting);
            }
            return connection;
        } catch (SQLException e) {
            throw cluster.refusal(e);
        }
    }

    private VerifiedTable compare(Connection here, Connection there, String table)
            throws InterruptedException {
        try {
            var columns = Columns.of(here, table);
            var columnsThere = Columns.of(there, table);
            if (columns.isEmpty()) {
                return VerifiedTable.unknown(
                        table, "server " + from.name() + " has no such table, or no column in it");
            }
            var missing = new ArrayList<>(columns);
            missing.removeAll(columnsThere);
            if (!missing.isEmpty()) {
                return VerifiedTable.differs(
                        table, "server " + to.name() + " lacks the columns " + missing);
            }
            var further = new ArrayList<>(columnsThere);
            further.removeAll(columns);
            var note =
                    further.isEmpty()
                            ? ""
                            : "columns that only server %s has are left out: %s"
                                    .formatted(to.name(), further);
            return look(here, there, table, TableDigest.sql(table, columns), note);
        } catch (SQLException e) {
            if (cancelled) {
                throw new InterruptedException();
            }
            return VerifiedTable.unknown(table, "it cannot be read: " + e.getMessage());
        }
    }

    private VerifiedTable look(
            Connection here, Connection there, String table, String sql, String note)
            throws SQLException, InterruptedException {
        var before = digest(here, sql);
        int different = 0;
        for (int looks = 1; looks <= LOOKS_MAX; looks++) {
            if (!arrived()) {
                return VerifiedTable.unknown(
                        table,
                        "changes of server %s did not arrive at %s within %d s"
                                .formatted(from.name(), to.name(), ARRIVE_MAX.toSeconds()));
            }
            var after = digest(there, sql);
            if (after.equals(before)) {
                return new VerifiedTable(table, Verdict.EQUAL, before, after, note);
            }
            var now = digest(here, sql);
            different = now.equals(before) ? different + 1 : 0;
            if (different == DIFFERENT_MIN) {
                return new VerifiedTable(table, Verdict.DIFFERS, before, after, note);
            }
            before = now;
        }
        return VerifiedTable.unknown(
                table,
                "it was written to during each of %d looks; PAUSE, VERIFY, RESUME compares it at rest"
                        .formatted(LOOKS_MAX));
    }

    private TableDigest digest(Connection connection, String sql)
            throws SQLException, InterruptedException {
        try (var statement = connection.prepareStatement(sql)) {
            synchronized (this) {
                if (cancelled) {
                    throw new InterruptedException();
                }
                running = statement;
            }
            return TableDigest.read(statement);
        } finally {
            synchronized (this) {
                running = null;
            }
        }
    }

    /// Waits until all that anybody can see here now has been committed there. The message moves
    /// the log past the position, also when nothing else does.
    private boolean arrived() throws SQLException, InterruptedException {
        var position =
                from.call(
                        on -> {
                            var seen =
                                    Sql.one(
                                            on,
                                            "SELECT pg_current_wal_insert_lsn()::text",
                                            row -> row.getString(1));
                            Sql.texts(
                                    on,
                                    "SELECT pg_logical_emit_message(true, 'pointsman', 'verify')");
                            return seen;
                        });
        long end = System.nanoTime() + ARRIVE_MAX.toNanos();
        while (!isConfirmed(position)) {
            if (cancelled) {
                throw new InterruptedException();
            }
            if (System.nanoTime() - end > 0) {
                return false;
            }
            Thread.sleep(LOOK_AGAIN);
        }
        return true;
    }

    private boolean isConfirmed(String position) throws SQLException {
        return from.call(
                on ->
                        Sql.is(
                                on,
                                "SELECT confirmed_flush_lsn >= ?::pg_lsn FROM pg_replication_slots"
                                        + " WHERE slot_name = ?",
                                position,
                                slot));
    }
}
