package dev.pointsman.core.migration.setup;

import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.OurSchema;
import dev.pointsman.core.migration.ReplicationNames;
import dev.pointsman.core.wire.SqlState;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// The subscription of one direction, on the server that changes go to.
///
/// Its slot is always made beforehand ([Slots]): the wait for old transactions then shows, and two
/// databases of one server can replicate, which hangs when the subscription makes its own slot.
public final class Subscriptions {
    private static final int STREAMING_SINCE = 14;
    private static final int PARALLEL_SINCE = 16;

    private Subscriptions() {}

    /// What is asked of a new subscription.
    ///
    /// @param copyData whether it begins with a copy of every table
    /// @param streaming empty, or the value of that option
    public record Options(boolean copyData, boolean enabled, String streaming) {
        /// The forward direction: copies, and goes on at once.
        public static Options copying(int fromMajor, int toMajor) {
            return new Options(true, true, streaming(fromMajor, toMajor));
        }

        /// The way back: waits until somebody switches.
        public static Options waiting(int fromMajor, int toMajor) {
            return new Options(false, false, streaming(fromMajor, toMajor));
        }

        private static String streaming(int fromMajor, int toMajor) {
            var older = Math.min(fromMajor, toMajor);
            if (older >= PARALLEL_SINCE) {
                return "parallel";
            }
            return older >= STREAMING_SINCE ? "on" : "";
        }
    }

    /// The statement that makes it.
    public static String sql(
            ReplicationNames names, Direction direction, String conninfo, Options options) {
        return "CREATE SUBSCRIPTION "
                + names.subscription(direction)
                + " CONNECTION "
                + Sql.literal(conninfo)
                + " PUBLICATION "
                + names.publication(direction)
                + " WITH (create_slot = false, slot_name = '"
                + names.slot(direction)
                + "', copy_data = "
                + options.copyData()
                + ", enabled = "
                + options.enabled()
                + (options.streaming().isEmpty() ? "" : ", streaming = " + options.streaming())
                + ")";
    }

    /// Makes it unless it is there; the server tries the connection while it does, and takes the
    /// list of tables from there. A server that lacks our publication is not the one that is meant,
    /// and says so by an empty list only: nothing of the subscription stays then.
    ///
    /// @throws SQLException also when the peer address leads to another server than `from`
    public static void create(
            Connection connection,
            ReplicationNames names,
            Direction direction,
            Server from,
            Options options)
            throws SQLException {
        if (exists(connection, names, direction)) {
            return;
        }
        var peer = new PeerAddress(from);
        OurSchema.inTransaction(
                connection,
                () -> {
                    Sql.run(connection, sql(names, direction, peer.conninfo(), options));
                    if (!carriesMarker(connection, names, direction)) {
                        throw new SQLException(
                                "the peer address of %s (%s) leads to another server: it has no publication %s. Mend the address, ABORT the migration and begin it again"
                                        .formatted(
                                                from.name(),
                                                peer.withoutPassword(),
                                                names.publication(direction)),
                                SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE.code());
                    }
                });
    }

    private static boolean carriesMarker(
            Connection connection, ReplicationNames names, Direction direction)
            throws SQLException {
        return Sql.is(
                connection,
                """
                SELECT EXISTS (SELECT FROM pg_subscription_rel
                                WHERE srsubid = ?::oid AND srrelid = to_regclass(?))\
                """,
                oid(connection, names, direction).getFirst(),
                direction.markerTable());
    }

    public static boolean exists(Connection connection, ReplicationNames names, Direction direction)
            throws SQLException {
        return !oid(connection, names, direction).isEmpty();
    }

    private static List<Long> oid(
            Connection connection, ReplicationNames names, Direction direction)
            throws SQLException {
        return Sql.list(
                connection,
                """
                SELECT s.oid::int8 FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid
                 WHERE d.datname = current_database() AND s.subname = ?\
                """,
                row -> row.getLong(1),
                names.subscription(direction));
    }

    /// Drops it without asking the other server, which may be gone: its slots there are for
    /// [Slots]. Returns the names of slots that table copies may have left there, as a LIKE
    /// pattern; empty when there was no subscription.
    public static List<String> drop(
            Connection connection, ReplicationNames names, Direction direction)
            throws SQLException {
        var oids = oid(connection, names, direction);
        if (oids.isEmpty()) {
            return List.of();
        }
        var name = names.subscription(direction);
        var leftovers =
                Sql.texts(
                        connection,
                        "SELECT 'pg\\_"
                                + oids.getFirst()
                                + "\\_sync\\_%\\_' || system_identifier"
                                + " FROM pg_control_system()");
        Sql.run(connection, "ALTER SUBSCRIPTION " + name + " DISABLE");
        Sql.run(connection, "ALTER SUBSCRIPTION " + name + " SET (slot_name = NONE)");
        Sql.run(connection, "DROP SUBSCRIPTION " + name);
        return leftovers;
    }

    /// What anybody can run by hand when we cannot.
    public static String dropSql(ReplicationNames names, Direction direction) {
        var name = names.subscription(direction);
        return "ALTER SUBSCRIPTION "
                + name
                + " DISABLE; ALTER SUBSCRIPTION "
                + name
                + " SET (slot_name = NONE); DROP SUBSCRIPTION "
                + name;
    }
}
