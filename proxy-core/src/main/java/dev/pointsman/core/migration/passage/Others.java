package dev.pointsman.core.migration.passage;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.OurSchema;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Other sessions on a server, asked about while nobody is held.
final class Others {
    /// Longer than it takes to tell a session whose instance has just been started from one whose
    /// instance is dead.
    private static final Duration GONE_LIMIT = Duration.ofSeconds(60);

    /// Another instance serves, too.
    private static final String ANOTHER = "55006";

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

    /// What each worker of a subscription waits for. A prepared transaction has no process: it is
    /// found by the lock on its own number, which belongs to the same virtual transaction.
    private static final String BEHIND =
            """
            SELECT format('its apply worker (pid %s) waits for a lock%s, held by %s', s.pid,
                   coalesce(' on ' || l.relation::regclass, ''),
                   coalesce((SELECT string_agg(DISTINCT format('prepared transaction %L', p.gid), ', ')
                               FROM pg_prepared_xacts p
                               JOIN pg_locks x ON x.pid IS NULL AND x.granted
                                AND x.transactionid = p.transaction
                               JOIN pg_locks h ON h.pid IS NULL AND h.granted
                                AND h.virtualtransaction = x.virtualtransaction
                                AND h.locktype = l.locktype
                                AND h.relation IS NOT DISTINCT FROM l.relation
                                AND h.transactionid IS NOT DISTINCT FROM l.transactionid
                              WHERE p.database = current_database()),
                            (SELECT string_agg(format('pid %s (%s, application "%s")', a.pid,
                                    coalesce(a.usename::text, '?'), a.application_name), ', ')
                               FROM pg_stat_activity a
                              WHERE a.pid = ANY (pg_blocking_pids(s.pid))),
                            'nobody any more'))
              FROM pg_stat_subscription s JOIN pg_locks l ON l.pid = s.pid AND NOT l.granted
             WHERE s.subname = $1
            UNION ALL
            SELECT 'it has no apply worker' WHERE NOT EXISTS
                   (SELECT FROM pg_stat_subscription WHERE pid IS NOT NULL AND subname = $1)\
            """;

    private Others() {}

    /// Why the target does not have what the source has committed, as far as it says.
    static String whyBehind(Crossing crossing) {
        var target = crossing.target();
        var found = new ArrayList<String>();
        try {
            var name = Sql.literal(crossing.subscription());
            found.addAll(target.call(on -> Sql.texts(on, BEHIND.replace("$1", name))));
        } catch (SQLException e) {
            found.add(String.valueOf(e.getMessage()));
        }
        if (found.isEmpty()) {
            found.add("is its apply worker running?");
        }
        return String.join(", ", found) + "; see the log of " + target.name();
    }

    /// `instance`: another one that lives, whose sign this is; empty for a stranger.
    private record Other(int pid, String who, String instance) {}

    static void requireAlone(Passage.Instances instances) throws SQLException {
        var living = instances.others().instances();
        if (!living.isEmpty()) {
            throw new SQLException(
                    "instance %s serves this database too".formatted(String.join(", ", living)),
                    ANOTHER);
        }
    }

    /// In words, on both servers.
    static List<String> strangers(Crossing crossing, Ours source, Ours target) throws SQLException {
        var found = new ArrayList<String>();
        for (var one : there(crossing.source(), source, "")) {
            found.add("on " + crossing.source().name() + ": " + one.who());
        }
        for (var one : there(crossing.target(), target, crossing.subscription())) {
            found.add("on " + crossing.target().name() + ": " + one.who());
        }
        return found;
    }

    /// Says who is left.
    static List<String> endStrangers(Crossing crossing, Ours source, Ours target, Deadline until)
            throws SQLException {
        while (true) {
            var there = there(crossing.source(), source, "");
            end(crossing.source(), there);
            var here = there(crossing.target(), target, crossing.subscription());
            end(crossing.target(), here);
            if ((there.isEmpty() && here.isEmpty()) || until.passed()) {
                return strangers(crossing, source, target);
            }
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    /// Who is there and not ours; busy connections of ours are not told.
    ///
    /// @throws SQLException also where another instance shows itself, 55006
    private static List<Other> there(Cluster on, Ours ours, String subscription)
            throws SQLException {
        var found =
                on.call(
                        connection -> {
                            Sql.run(connection, SourceSql.OTHERS);
                            return Sql.list(
                                    connection,
                                    "SELECT pid, who, coalesce(instance, '')"
                                            + " FROM pg_temp.pointsman_others(?, ?, ?, ?)"
                                            + " WHERE NOT mine",
                                    row ->
                                            new Other(
                                                    row.getInt(1),
                                                    row.getString(2),
                                                    row.getString(3)),
                                    ours.pidArray(),
                                    ours.applicationName(),
                                    ours.ignoredArray(),
                                    subscription);
                        });
        for (var one : found) {
            if (!one.instance().isEmpty()) {
                throw new SQLException(
                        "instance %s serves this database too, seen on server %s: %s"
                                .formatted(one.instance(), on.name(), one.who()),
                        ANOTHER);
            }
        }
        return found;
    }

    /// Asks the server to end them; returns at once.
    private static void end(Cluster on, List<Other> others) throws SQLException {
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
                            ANOTHER);
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
