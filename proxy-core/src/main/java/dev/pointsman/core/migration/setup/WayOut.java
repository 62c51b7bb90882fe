package dev.pointsman.core.migration.setup;

import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.OurSchema;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// How a migration that cannot go on is ended: ABORT is refused once a cutover was decided.
public final class WayOut {
    private WayOut() {}

    /// What leads out of it, for people.
    public static String of(Pair pair) {
        var database = pair.names().database();
        return everSwitched(pair)
                ? "MIGRATE %s COMPLETE ends it where it is; then begin anew".formatted(database)
                : "MIGRATE %s ABORT, then begin anew".formatted(database);
    }

    /// Whether a cutover of this migration was ever decided, by the records of either server that
    /// can be asked.
    public static boolean everSwitched(Pair pair) {
        for (var cluster : List.of(pair.source(), pair.target())) {
            try {
                if (cluster.call(connection -> decided(connection, pair.target().name()))) {
                    return true;
                }
            } catch (SQLException _) {
                // cannot be asked: the other one, the route and the journal know
            }
        }
        return false;
    }

    private static boolean decided(Connection connection, String target) throws SQLException {
        return OurSchema.exists(connection)
                && Sql.is(
                        connection,
                        """
                        SELECT EXISTS (SELECT 1 FROM pointsman.record
                                        WHERE kind = 'decided' AND server = ?
                                          AND at >= (SELECT begun FROM pointsman.migration
                                                      WHERE id = 1))\
                        """,
                        target);
    }
}
