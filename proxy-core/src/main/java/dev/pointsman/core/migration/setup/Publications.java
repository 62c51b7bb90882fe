package dev.pointsman.core.migration.setup;

import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.ReplicationNames;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The publication of one direction: an explicit list of tables, and that direction's marker.
///
/// Partitions are published as themselves and not as their root: a TRUNCATE of one partition then
/// travels too, and a partition that only one side has is found by comparing lists, where rows
/// published as the root's would land elsewhere in silence.
public final class Publications {
    private Publications() {}

    /// The statement that makes it.
    ///
    /// @param tables qualified and quoted
    public static String sql(ReplicationNames names, Direction direction, List<String> tables) {
        var all =
                Stream.concat(tables.stream(), Stream.of(direction.markerTable()))
                        .map(table -> "ONLY " + table)
                        .collect(Collectors.joining(", "));
        return "CREATE PUBLICATION " + names.publication(direction) + " FOR TABLE " + all;
    }

    /// Makes it unless it is there.
    public static void create(
            Connection connection, ReplicationNames names, Direction direction, List<String> tables)
            throws SQLException {
        var there =
                Sql.is(
                        connection,
                        "SELECT EXISTS (SELECT 1 FROM pg_publication WHERE pubname = ?)",
                        names.publication(direction));
        if (!there) {
            Sql.run(connection, sql(names, direction, tables));
        }
    }

    public static void drop(Connection connection, ReplicationNames names, Direction direction)
            throws SQLException {
        Sql.run(connection, "DROP PUBLICATION IF EXISTS " + names.publication(direction));
    }
}
