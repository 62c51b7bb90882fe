package dev.pointsman.core.migration.setup;

import dev.pointsman.core.cluster.Sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/// Logical replication slots by name.
public final class Slots {
    /// The plugin of native replication.
    public static final String PGOUTPUT = "pgoutput";

    /// The plugin that shows changes as text; ships with every server.
    public static final String TEST_DECODING = "test_decoding";

    private static final String DUPLICATE_OBJECT = "42710";
    private static final int DROP_TRIES = 50;
    private static final Duration DROP_PAUSE = Duration.ofMillis(200);

    private Slots() {}

    /// Makes a slot unless it is there. Waits for every transaction of the whole server that holds
    /// a transaction id, for as long as that takes: on a dedicated connection only.
    public static void create(Connection connection, String slot, String plugin)
            throws SQLException {
        if (exists(connection, slot)) {
            return;
        }
        try {
            Sql.run(connection, "SELECT pg_create_logical_replication_slot(?, ?)", slot, plugin);
        } catch (SQLException e) {
            if (!DUPLICATE_OBJECT.equals(e.getSQLState())) {
                throw e;
            }
        }
    }

    public static boolean exists(Connection connection, String slot) throws SQLException {
        return Sql.is(
                connection,
                "SELECT EXISTS (SELECT 1 FROM pg_replication_slots WHERE slot_name = ?)",
                slot);
    }

    /// Whether the server has given it up for the WAL that it kept. Nothing brings one back.
    public static boolean isLost(Connection connection, String slot) throws SQLException {
        return Sql.is(
                connection,
                "SELECT EXISTS (SELECT FROM pg_replication_slots"
                        + " WHERE wal_status = 'lost' AND slot_name = ?)",
                slot);
    }

    /// That one is lost, for people.
    public static String lostWords(String slot, String server) {
        return "slot %s on %s is lost (max_slot_wal_keep_size)".formatted(slot, server);
    }

    /// Drops the slots whose names match a LIKE pattern, ending whoever still uses one.
    ///
    /// @throws SQLException when one stays in use
    public static void dropLike(Connection connection, String pattern)
            throws SQLException, InterruptedException {
        var names =
                Sql.texts(
                        connection,
                        "SELECT slot_name FROM pg_replication_slots WHERE slot_name LIKE ?",
                        pattern);
        for (var name : names) {
            drop(connection, name);
        }
    }

    /// Drops a slot if it is there, ending whoever still uses it.
    public static void drop(Connection connection, String slot)
            throws SQLException, InterruptedException {
        for (int i = 0; i < DROP_TRIES; i++) {
            var users = users(connection, slot);
            if (users.isEmpty()) {
                return;
            }
            if (users.getFirst() == 0) {
                Sql.run(
                        connection,
                        """
                        SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots
                         WHERE slot_name = ? AND active_pid IS NULL\
                        """,
                        slot);
            } else {
                Sql.run(connection, "SELECT pg_terminate_backend(?)", users.getFirst());
                Thread.sleep(DROP_PAUSE);
            }
        }
        throw new SQLException("replication slot " + slot + " stays in use", "55006");
    }

    private static List<Integer> users(Connection connection, String slot) throws SQLException {
        return Sql.list(
                connection,
                "SELECT coalesce(active_pid, 0) FROM pg_replication_slots WHERE slot_name = ?",
                row -> row.getInt(1),
                slot);
    }

    /// What anybody can run by hand when we cannot.
    public static String dropSql(String pattern) {
        return "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
                + " WHERE slot_name LIKE "
                + Sql.literal(pattern).strip();
    }
}
