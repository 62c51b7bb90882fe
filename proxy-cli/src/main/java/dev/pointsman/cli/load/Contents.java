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

    private static final String COPIES =
            """
            SELECT write_id, count(*)
            FROM (SELECT write_id FROM %1$s.event
                  UNION ALL SELECT write_id FROM %1$s.posting
                  UNION ALL SELECT write_id FROM %1$s.purchase) AS every_write
            WHERE write_id BETWEEN ? AND ?
            GROUP BY write_id
            """;

    private static final String UNFINISHED =
            "SELECT count(*) FROM %1$s.purchase"
                    + " WHERE write_id BETWEEN ? AND ? AND status <> 'paid'";

    /// The counters know nothing of runs: they agree with all postings ever made.
    private static final String COUNTERS =
            """
            SELECT coalesce(sum(greatest(posted - writes, 0)), 0),
                   coalesce(sum(greatest(writes - posted, 0)), 0)
            FROM (SELECT writes, (SELECT count(DISTINCT write_id) FROM %1$s.posting
                                  WHERE posting.account = account.id) AS posted
                  FROM %1$s.account) AS counted
            """;

    public Contents {
        copies = Map.copyOf(copies);
    }

    /// Reads what `connection`'s database holds of the ledger's run, in one snapshot.
    public static Contents read(Connection connection, LoadTables tables, Ledger ledger)
            throws SQLException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        var copies = copies(connection, tables, ledger);
        try (var unfinished = connection.prepareStatement(UNFINISHED.formatted(tables.schema()));
                var counters = connection.prepareStatement(COUNTERS.formatted(tables.schema()))) {
            unfinished.setLong(1, ledger.first());
            unfinished.setLong(2, ledger.last());
            try (var halves = unfinished.executeQuery();
                    var sums = counters.executeQuery()) {
                halves.next();
                sums.next();
                return new Contents(copies, halves.getLong(1), sums.getLong(1), sums.getLong(2));
            }
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private static Map<Long, Integer> copies(
            Connection connection, LoadTables tables, Ledger ledger) throws SQLException {
        var copies = new HashMap<Long, Integer>();
        try (var query = connection.prepareStatement(COPIES.formatted(tables.schema()))) {
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
}
