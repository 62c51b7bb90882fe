package dev.pointsman.core.migration.passage;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.cluster.backend.OnServer;
import dev.pointsman.core.cluster.backend.Unconfirmed;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// One connection that belongs to a cutover alone: opened, named and set up before anybody waits.
/// One thread at a time. Every wait for the server is bounded by a deadline: when that has passed
/// the connection is of no more use and the outcome of what ran on it is unknown.
final class Lane implements AutoCloseable {
    private static final String SETTINGS =
            """
            SELECT set_config(name, value, false)
              FROM unnest(?::text[], ?::text[]) AS wanted(name, value)
             WHERE EXISTS (SELECT FROM pg_settings s WHERE s.name = wanted.name)\
            """;

    private final Cluster cluster;
    private final Connection connection;
    private final int pid;

    private Lane(Cluster cluster, Connection connection, int pid) {
        this.cluster = cluster;
        this.connection = connection;
        this.pid = pid;
    }

    /// Opens a lane whose statements the server itself ends after `limit`.
    static Lane open(Cluster cluster, String applicationName, Duration limit) throws SQLException {
        var connection = cluster.dedicated();
        try {
            var names = new ArrayList<String>();
            var values = new ArrayList<String>();
            set(names, values, "application_name", applicationName);
            set(names, values, "synchronous_commit", "on");
            set(names, values, "default_transaction_isolation", "read committed");
            set(names, values, "default_transaction_deferrable", "off");
            set(names, values, "statement_timeout", Long.toString(limit.toMillis()));
            set(names, values, "lock_timeout", Long.toString(limit.toMillis()));
            set(names, values, "transaction_timeout", "0");
            set(names, values, "idle_session_timeout", "0");
            set(names, values, "plan_cache_mode", "force_generic_plan");
            set(names, values, "jit", "off");
            set(names, values, "client_min_messages", "warning");
            Sql.texts(
                    connection,
                    SETTINGS,
                    names.toArray(String[]::new),
                    values.toArray(String[]::new));
            return new Lane(cluster, connection, cluster.pid(connection));
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private static void set(List<String> names, List<String> values, String name, String value) {
        names.add(name);
        values.add(value);
    }

    Connection connection() {
        return connection;
    }

    int pid() {
        return pid;
    }

    /// A statement that the server parses once, at its first run.
    PreparedStatement prepare(String sql) throws SQLException {
        var statement = connection.prepareStatement(sql);
        statement.setEscapeProcessing(false);
        return statement;
    }

    /// Runs a statement that was prepared here.
    ///
    /// @throws Unconfirmed where no answer came in time
    void execute(PreparedStatement call) throws SQLException {
        try {
            call.execute();
        } catch (SQLException e) {
            throw named(Unconfirmed.of(cluster, e));
        }
    }

    /// The same of a statement that may find a difference, and has written nothing then.
    void execute(PreparedStatement call, Deadline deadline) throws SQLException, Difference {
        try {
            execute(call);
        } catch (SQLException e) {
            if (Difference.Kind.of(e).isPresent()) {
                rollBack(deadline, e);
            }
            Difference.throwIfRaised(e);
            throw e;
        }
    }

    private void rollBack(Deadline deadline, SQLException cause) {
        try {
            rollBack(deadline);
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    /// The same failure, with the server's name where the driver or the server told none.
    SQLException named(SQLException cause) {
        return Difference.Kind.of(cause).isPresent()
                ? cause
                : OnServer.named(cluster.name(), cause);
    }

    /// The row of the last result of a statement that was run, on which the cursor then stands.
    static ResultSet lastRow(PreparedStatement call) throws SQLException {
        ResultSet last = null;
        while (true) {
            var rows = call.getResultSet();
            if (rows != null) {
                last = rows;
            }
            var more = call.getMoreResults(Statement.KEEP_CURRENT_RESULT);
            if (!more && call.getUpdateCount() == -1) {
                break;
            }
        }
        if (last == null || !last.next()) {
            throw new SQLException("the server answered without a row");
        }
        return last;
    }

    /// An array of numbers; none for NULL.
    static List<@Nullable Long> numbers(ResultSet row, int column) throws SQLException {
        var array = row.getArray(column);
        return array == null ? List.of() : Arrays.asList((Long[]) array.getArray());
    }

    /// From here on no answer is awaited for longer than the deadline allows.
    void bound(Deadline deadline) throws SQLException {
        if (deadline.passed()) {
            throw new SQLException("the hold limit has passed", "57014");
        }
        connection.setNetworkTimeout(Runnable::run, deadline.leftMillis());
    }

    /// Ends an open transaction, if the connection still can.
    void rollBack(Deadline deadline) throws SQLException {
        bound(deadline);
        Sql.run(connection, "ROLLBACK");
    }

    /// Closes without waiting for the server.
    @Override
    public void close() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException _) {
            // the connection is gone, which is what was wanted
        }
    }
}
