package dev.pointsman.core.migration;

import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.cluster.SqlCall;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The schema `pointsman`: everything of ours on a server that is not a replication object. The
/// same on both servers, and safe to make twice.
public final class OurSchema {
    /// The schema's name.
    public static final String NAME = "pointsman";

    /// An instance whose last heartbeat is no older lives: three missed beats and a little.
    public static final Duration HEART_BEATS_WITHIN = Duration.ofSeconds(18);

    private static final List<String> TABLES =
            List.of(
                    """
                    CREATE TABLE IF NOT EXISTS pointsman.record (
                        epoch bigint PRIMARY KEY, version int NOT NULL, attempt bigint NOT NULL,
                        databases text[] NOT NULL, server text NOT NULL,
                        kind text NOT NULL CHECK (kind IN ('open', 'decided', 'undone', 'dry')),
                        source_lsn pg_lsn, target_lsn pg_lsn, fence text NOT NULL DEFAULT '',
                        instance text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp())\
                    """,
                    """
                    CREATE TABLE IF NOT EXISTS pointsman.heartbeat (
                        instance text PRIMARY KEY, at timestamptz NOT NULL)\
                    """,
                    """
                    CREATE TABLE IF NOT EXISTS pointsman.marker (
                        id int PRIMARY KEY, value bigint NOT NULL)\
                    """,
                    """
                    CREATE TABLE IF NOT EXISTS pointsman.marker_back (
                        id int PRIMARY KEY, value bigint NOT NULL)\
                    """,
                    """
                    CREATE TABLE IF NOT EXISTS pointsman.migration (
                        id int PRIMARY KEY, version int NOT NULL, source text NOT NULL,
                        target text NOT NULL, number int NOT NULL, tables text[] NOT NULL,
                        state text NOT NULL, instance text NOT NULL, at timestamptz NOT NULL,
                        message text NOT NULL DEFAULT '',
                        begun timestamptz NOT NULL DEFAULT clock_timestamp(),
                        back boolean NOT NULL DEFAULT true)\
                    """,
                    """
                    CREATE TABLE IF NOT EXISTS pointsman.copied (
                        stage text NOT NULL, kind text NOT NULL, identity text NOT NULL)\
                    """);

    private static final String FENCED =
            """
            SELECT EXISTS (SELECT FROM pointsman.record
                            WHERE fence NOT IN ('', '{"settled":true}'))\
            """;

    private OurSchema() {}

    /// The statements that make it, for a plan that is only shown.
    public static List<String> ddl() {
        var all = new ArrayList<String>();
        all.add("CREATE SCHEMA IF NOT EXISTS pointsman");
        all.addAll(TABLES);
        return List.copyOf(all);
    }

    /// Makes what is not there yet, in one transaction. Seeds no row: the markers' first rows are
    /// for [#seed].
    public static void create(Connection connection) throws SQLException {
        inTransaction(
                connection,
                () -> {
                    for (var statement : ddl()) {
                        Sql.run(connection, statement);
                    }
                });
    }

    /// Whether old values of a fence of ours are kept here, so that it may be up.
    public static boolean isFenced(Connection connection) throws SQLException {
        return exists(connection) && Sql.is(connection, FENCED);
    }

    /// The row 1 of a marker table, unless it is there. A row that the subscription's own copy will
    /// bring must not be seeded on its target, or the copy fails on it.
    public static void seed(Connection connection, Direction direction) throws SQLException {
        Sql.run(
                connection,
                "INSERT INTO " + direction.markerTable() + " VALUES (1, 0) ON CONFLICT DO NOTHING");
    }

    public static boolean exists(Connection connection) throws SQLException {
        return Sql.is(connection, "SELECT to_regclass('pointsman.record') IS NOT NULL");
    }

    /// Work in one transaction; rolled back when it throws.
    @FunctionalInterface
    public interface Work {
        void run() throws SQLException;
    }

    /// Runs `work` between BEGIN and COMMIT of an autocommitting connection.
    public static void inTransaction(Connection connection, Work work) throws SQLException {
        inTransaction(
                connection,
                _ -> {
                    work.run();
                    return true;
                });
    }

    /// The same with what the work returns.
    public static <T> T inTransaction(Connection connection, SqlCall<T> work) throws SQLException {
        connection.setAutoCommit(false);
        try {
            var made = work.run(connection);
            connection.commit();
            return made;
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }
}
