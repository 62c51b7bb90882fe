package dev.pointsman.core.migration.verify;

import dev.pointsman.core.cluster.Sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// The columns of a table on one server, in their order; none when there is no such table.
final class Columns {
    private Columns() {}

    static List<String> of(Connection connection, String table) throws SQLException {
        return Sql.texts(
                connection,
                """
                SELECT a.attname FROM pg_catalog.pg_attribute a
                 WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped
                 ORDER BY a.attnum\
                """,
                table);
    }
}
