package dev.pointsman.cli.load;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/// What a database holds of one run.
///
/// @param copies how often each write of the run is there
/// @param unfinished purchases of the run whose second statement has had no effect
/// @param missed increments of the counters that postings are there for, but that have no effect
/// @param doubled increments of the counters that no posting is there for
public record Contents(Map<Long, Integer> copies, long unfinished, long missed, long doubled) {
    private static final int ROWS_AT_ONCE = 10_000;

    public Contents {
        copies = Map.copyOf(copies);
    }

    /// Of the transaction alone: a pooler may lend what the session is set to to somebody else.
    private static final String ONE_SNAPSHOT =
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";

    /// Reads what `connection`'s database holds of the ledger's run, in one snapshot.
    public static Contents read(Connection connection, LoadTables tables, Ledger ledger)
            throws SQLException {
        connection.setAutoCommit(false);
        try (var snapshot = connection.createStatement()) {
            snapshot.execute(ONE_SNAPSHOT);
            var drift = drift(connection, tables);
            return new Contents(
                    copies(connection, tables, ledger),
                    unfinished(connection, tables, ledger),
                    drift[0],
                    drift[1]);
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private static Map<Long, Integer> copies(
            Connection connection, LoadTables tables, Ledger ledger) throws SQLException {
        var sql =
                """
                SELECT write_id, count(*)
                FROM (SELECT write_id FROM %1$s.event
                      UNION ALL SELECT write_id FROM %1$s.posting
                      UNION ALL SELECT write_id FROM %1$s.purchase) AS every_write
                WHERE write_id BETWEEN ? AND ?
                GROUP BY write_id
                """
                        .formatted(tables.schema());
        var copies = new HashMap<Long, Integer>();
        try (var query = connection.prepareStatement(sql)) {
            query.setFetchSize(ROWS_AT_ONCE);
            query.setLong(1, ledger.first());
            query.setLong(2, ledger.last());
            try (var rows = query.executeQuery()) {
                while (rows.next()) {
                    copies.put(rows.getLong(1), rows.getInt(2));
                }
            }
        }
        return copies;
    }

    private static long unfinished(Connection connection, LoadTables tables, Ledger ledger)
            throws SQLException {
        var sql =
                """
                SELECT count(*) FROM %1$s.purchase
                WHERE write_id BETWEEN ? AND ? AND status <> 'paid'
                """
                        .formatted(tables.schema());
        try (var query = connection.prepareStatement(sql)) {
            query.setLong(1, ledger.first());
            query.setLong(2, ledger.last());
            try (var row = query.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /// The counters know nothing of runs: they agree with all postings ever made.
    private static long[] drift(Connection connection, LoadTables tables) throws SQLException {
        var sql =
                """
                SELECT coalesce(sum(greatest(posted - writes, 0)), 0),
                       coalesce(sum(greatest(writes - posted, 0)), 0)
                FROM (SELECT writes, (SELECT count(DISTINCT write_id) FROM %1$s.posting
                                      WHERE posting.account = account.id) AS posted
                      FROM %1$s.account) AS counted
                """
                        .formatted(tables.schema());
        try (var query = connection.prepareStatement(sql);
                var row = query.executeQuery()) {
            row.next();
            return new long[] {row.getLong(1), row.getLong(2)};
        }
    }
}
