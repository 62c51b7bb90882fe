package dev.pointsman.core.migration.run;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;

import java.sql.SQLException;
import java.util.List;

/// Writes that did not come by replication, read from a slot without consuming it.
final class Strays {
    private static final int MOST = 50;

    private Strays() {}

    /// The first changes of users' tables that the slot shows.
    ///
    /// @param upTo how far to look; empty for all there is
    static List<String> peek(Cluster cluster, String slot, String upTo) throws SQLException {
        return cluster.call(
                connection ->
                        Sql.texts(
                                connection,
                                """
                                SELECT data FROM pg_replication_slots s,
                                  pg_logical_slot_peek_changes(s.slot_name, nullif(?, '')::pg_lsn,
                                    ?, 'only-local', '1', 'skip-empty-xacts', '1')
                                 WHERE s.slot_name = ? AND NOT s.active
                                   AND data LIKE 'table %' AND data NOT LIKE 'table pointsman.%'\
                                """,
                                upTo,
                                MOST,
                                slot));
    }
}
