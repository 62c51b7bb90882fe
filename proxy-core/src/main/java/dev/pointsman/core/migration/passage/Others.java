package dev.pointsman.core.migration.passage;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// Other sessions on a server, asked about while nobody is held.
final class Others {
    private static final Duration GONE_LIMIT = Duration.ofSeconds(10);

    private static final String LEFTOVERS =
            "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'pointsman/%/cutover'"
                    + " AND datname = current_database()";

    private static final String LONG =
            """
            SELECT format('pid %s, user %s, application "%s", %s for %s ms',
                   pid, usename, application_name, state,
                   round(extract(epoch FROM clock_timestamp() - xact_start) * 1000))
              FROM pg_stat_activity
             WHERE datname = current_database() AND backend_type = 'client backend'
               AND pid <> pg_backend_pid()
               AND xact_start < clock_timestamp() - ? * interval '1 millisecond'\
            """;

    private Others() {}

    record Other(int pid, String who) {}

    /// Who is there and not ours; busy connections of ours are not told.
    static List<Other> there(Cluster on, Ours ours, String subscription) throws SQLException {
        return on.call(
                connection -> {
                    Sql.run(connection, SourceSql.OTHERS);
                    return Sql.list(
                            connection,
                            "SELECT pid, who FROM pg_temp.pointsman_others(?, ?, ?, ?)"
                                    + " WHERE NOT mine",
                            row -> new Other(row.getInt(1), row.getString(2)),
                            ours.pidArray(),
                            ours.applicationName(),
                            ours.ignoredArray(),
                            subscription);
                });
    }

    /// Asks the server to end them; returns at once.
    static void end(Cluster on, List<Other> others) throws SQLException {
        for (var other : others) {
            on.call(connection -> terminate(connection, other.pid()));
        }
    }

    private static boolean terminate(Connection connection, int pid) throws SQLException {
        return Sql.is(connection, "SELECT pg_terminate_backend(?)", pid);
    }

    /// Transactions older than `age`, in words.
    static List<String> longTransactions(Cluster on, Duration age) throws SQLException {
        return on.call(connection -> Sql.texts(connection, LONG, age.toMillis()));
    }

    /// Ends control sessions of earlier attempts and sees them gone: what they were told to do
    /// could still commit.
    static void clearLeftovers(Cluster on) throws SQLException {
        var until = Deadline.in(GONE_LIMIT);
        while (true) {
            var left = on.call(one -> Sql.list(one, LEFTOVERS, row -> row.getInt(1)));
            if (left.isEmpty()) {
                return;
            }
            if (until.passed()) {
                throw new SQLException(
                        "sessions of an earlier attempt do not end on server "
                                + on.name()
                                + ": pids "
                                + left,
                        "55006");
            }
            for (var pid : left) {
                on.call(connection -> terminate(connection, pid));
            }
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }
}
