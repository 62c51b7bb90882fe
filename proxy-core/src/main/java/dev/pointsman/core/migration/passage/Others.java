package dev.pointsman.core.migration.passage;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.OurSchema;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Other sessions on a server, asked about while nobody is held.
final class Others {
    /// Longer than it takes to tell a session whose instance has just been started from one whose
    /// instance is dead.
    private static final Duration GONE_LIMIT = Duration.ofSeconds(60);

    /// Control sessions by the name that they carry, `pointsman/<instance>` and what is behind it;
    /// whether one is a cutover's, from another process of this instance, and older than a first
    /// heartbeat can be late. A dump only reads, and is a stranger like any other.
    private static final String CONTROL_SESSIONS =
            """
            SELECT pid, split_part(application_name, '/', 2), application_name LIKE '%/cutover',
                   backend_start < ?::timestamptz - ? * interval '1 millisecond',
                   backend_start < clock_timestamp() - ? * interval '1 millisecond'
              FROM pg_stat_activity
             WHERE datname = current_database() AND backend_type = 'client backend'
               AND pid <> pg_backend_pid() AND application_name <> 'pointsman/pg_dump'
               AND (application_name LIKE 'pointsman/%/cutover'
                    OR starts_with(application_name, 'pointsman/') AND usename = current_user)\
            """;

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

    /// A control session of some instance.
    private record Control(
            int pid, String instance, boolean ofCutover, boolean ofFormer, boolean old) {}

    /// Ends control sessions that nobody holds any more, and sees them gone: what they were told to
    /// do could still commit, move a sequence, or keep a lock. These are whatever earlier attempts
    /// and processes of this instance left, and all of instances that show no life.
    ///
    /// @throws SQLException also when an instance lives after all, 55006
    static void clearLeftovers(Cluster on, Passage.Instances instances) throws SQLException {
        var until = Deadline.in(GONE_LIMIT);
        for (var left = left(on, instances.own());
                !left.isEmpty();
                left = left(on, instances.own())) {
            var alive = instances.others().instances();
            for (var one : left) {
                if (alive.contains(one.instance())) {
                    throw new SQLException(
                            "instance %s serves this database too, its control session with pid %d is on server %s"
                                    .formatted(one.instance(), one.pid(), on.name()),
                            "55006");
                }
                if (isLeft(one, instances)) {
                    on.call(connection -> terminate(connection, one.pid()));
                }
            }
            if (until.passed()) {
                throw new SQLException(
                        "control sessions that were left do not end on server %s: pids %s"
                                .formatted(on.name(), left.stream().map(Control::pid).toList()),
                        "55006");
            }
            var ending = left.stream().allMatch(one -> isLeft(one, instances));
            LockSupport.parkNanos(Duration.ofMillis(ending ? 10 : 250).toNanos());
        }
    }

    /// Not one whose instance may have begun a moment ago and beats soon.
    private static boolean isLeft(Control one, Passage.Instances instances) {
        return one.old() || one.instance().equals(instances.own());
    }

    private static List<Control> left(Cluster on, String instance) throws SQLException {
        return on.call(
                connection -> {
                    var there = controlSessions(connection, on::age);
                    // A machine that was suspended is older than it knows; what it holds is not.
                    var own = on.ownPids();
                    return there.stream()
                            .filter(
                                    one ->
                                            one.ofCutover()
                                                    || (one.ofFormer() && !own.contains(one.pid()))
                                                    || !one.instance().equals(instance))
                            .toList();
                });
    }

    /// By the server's own clock, read before the age is: what this process began is never older.
    private static List<Control> controlSessions(Connection on, Supplier<Duration> age)
            throws SQLException {
        var now = Sql.one(on, "SELECT clock_timestamp()::text", row -> row.getString(1));
        return Sql.list(
                on,
                CONTROL_SESSIONS,
                row ->
                        new Control(
                                row.getInt(1),
                                row.getString(2),
                                row.getBoolean(3),
                                row.getBoolean(4),
                                row.getBoolean(5)),
                now,
                age.get().toMillis(),
                OurSchema.HEART_BEATS_WITHIN.toMillis());
    }
}
