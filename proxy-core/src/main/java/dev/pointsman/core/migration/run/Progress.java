package dev.pointsman.core.migration.run;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.MigrationStatus;
import dev.pointsman.core.migration.TableStatus;
import dev.pointsman.core.migration.setup.Pair;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How far the copy of each table is, as the catalogs of both servers say.
final class Progress {
    private static final double ENOUGH_TO_GUESS = 0.01;

    private record Source(long bytes, long rows) {}

    private record Target(String state, long processed) {}

    private Progress() {}

    static List<TableStatus> tables(Pair pair, List<String> tables) throws SQLException {
        var sizes = pair.source().call(connection -> sizes(connection, tables));
        var states =
                pair.target()
                        .call(
                                connection ->
                                        states(
                                                connection,
                                                pair.names().subscription(Direction.FORWARD)));
        return tables.stream()
                .map(
                        table ->
                                row(
                                        pair.names().database(),
                                        table,
                                        sizes.getOrDefault(table, new Source(0, -1)),
                                        states.getOrDefault(table, new Target("missing", 0))))
                .toList();
    }

    private static TableStatus row(String database, String table, Source source, Target target) {
        var done = target.state().equals("ready") || target.state().equals("copied");
        var copied = done ? source.bytes() : Math.min(target.processed(), source.bytes());
        return new TableStatus(
                database, table, target.state(), source.bytes(), copied, source.rows());
    }

    private static Map<String, Source> sizes(Connection connection, List<String> tables)
            throws SQLException {
        var sizes = new HashMap<String, Source>();
        Sql.list(
                connection,
                """
                SELECT t, pg_table_size(c.oid), c.reltuples::int8
                  FROM unnest(?) t JOIN pg_class c ON c.oid = to_regclass(t)\
                """,
                row -> sizes.put(row.getString(1), new Source(row.getLong(2), row.getLong(3))),
                (Object) tables.toArray(String[]::new));
        return sizes;
    }

    private static Map<String, Target> states(Connection connection, String subscription)
            throws SQLException {
        var hasProgress =
                Sql.is(connection, "SELECT to_regclass('pg_stat_progress_copy') IS NOT NULL");
        var processed =
                hasProgress
                        ? "(SELECT max(p.bytes_processed) FROM pg_stat_progress_copy p"
                                + " WHERE p.relid = r.srrelid)"
                        : "NULL::int8";
        var states = new HashMap<String, Target>();
        Sql.list(
                connection,
                """
                SELECT format('%I.%I', n.nspname, c.relname),
                       CASE r.srsubstate WHEN 'i' THEN 'waiting' WHEN 'd' THEN 'copying'
                            WHEN 'f' THEN 'copied' WHEN 's' THEN 'catching-up' ELSE 'ready' END,
                       coalesce(%s, 0)
                  FROM pg_subscription_rel r JOIN pg_subscription s ON s.oid = r.srsubid
                  JOIN pg_class c ON c.oid = r.srrelid
                  JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE s.subname = ?\
                """
                        .replace("%s", processed),
                row -> states.put(row.getString(1), new Target(row.getString(2), row.getLong(3))),
                subscription);
        return states;
    }

    /// How long the rest will take if it goes on as it did since `since` bytes were there.
    static MigrationStatus.Eta eta(List<TableStatus> tables, long bytesBefore, Duration elapsed) {
        long all = tables.stream().mapToLong(TableStatus::bytes).sum();
        long copied = tables.stream().mapToLong(TableStatus::copiedBytes).sum();
        long gained = copied - bytesBefore;
        if (gained <= 0 || gained < all * ENOUGH_TO_GUESS) {
            return new MigrationStatus.Eta.Unknown();
        }
        return new MigrationStatus.Eta.Known(
                Duration.ofMillis((long) ((double) elapsed.toMillis() * (all - copied) / gained)));
    }

    /// Who keeps a slot or a table of ours waiting on this server, in words.
    static List<String> blockers(Cluster cluster) throws SQLException {
        return cluster
                .call(
                        connection ->
                                Sql.texts(
                                        connection,
                                        """
                                        SELECT DISTINCT CASE WHEN p.pid = 0
                                               THEN 'a prepared transaction (see pg_prepared_xacts)'
                                               ELSE 'the transaction of pid ' || p.pid || ' ('
                                                 || coalesce(b.usename, '?') || ' in '
                                                 || coalesce(b.datname, '?') || ', '
                                                 || coalesce(b.state, '?') || ', open for '
                                                 || coalesce(date_trunc('second',
                                                      clock_timestamp() - b.xact_start)::text, '?') || ')'
                                               END
                                          FROM pg_stat_activity a
                                         CROSS JOIN LATERAL unnest(pg_blocking_pids(a.pid)) p(pid)
                                          LEFT JOIN pg_stat_activity b ON b.pid = p.pid
                                         WHERE a.application_name LIKE 'pointsman%'
                                            OR a.application_name LIKE 'pg\\_%\\_sync\\_%'\
                                        """))
                .stream()
                .map(who -> who + " on " + cluster.name())
                .toList();
    }
}
