package dev.pointsman.core.migration.passage;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.passage.Passage.Unmet;
import dev.pointsman.core.migration.preflight.Preflight;
import dev.pointsman.core.migration.setup.SequenceCopy;
import dev.pointsman.core.migration.setup.Slots;
import dev.pointsman.core.migration.setup.TableLists;
import dev.pointsman.core.migration.setup.WayOut;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/// The gate conditions: what must hold right before a cutover. Each is asked of the servers now;
/// nothing is remembered from a check of days ago.
final class Conditions {
    private static final String WORKER = "worker";
    private static final String SUBSCRIPTION = "subscription";
    private static final String SLOT = "slot";

    /// The server's launcher looks for work every few seconds.
    private static final Duration WORKER_STARTS = Duration.ofSeconds(10);

    private static final Duration LEAVING = Duration.ofSeconds(2);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private final Crossing crossing;
    private final List<Unmet> unmet = new ArrayList<>();

    private Conditions(Crossing crossing) {
        this.crossing = crossing;
    }

    static List<Unmet> unmet(
            Preflight preflight, Crossing crossing, long maxLagBytes, Duration patience)
            throws SQLException {
        var looked = look(preflight);
        var workers = Deadline.in(WORKER_STARTS);
        while (true) {
            var conditions = new Conditions(crossing);
            conditions.source();
            conditions.target();
            boolean met = conditions.unmet.isEmpty();
            if (!met && conditions.mayPass() && !workers.passed()) {
                LockSupport.parkNanos(LOOK_AGAIN.toNanos());
                continue;
            }
            conditions.unmet.addAll(looked);
            // Asked also where another condition is not met: that one may be accepted.
            if (conditions.lacks(SUBSCRIPTION)) {
                return List.copyOf(conditions.unmet);
            }
            conditions.tables();
            if (!conditions.lacks(WORKER) && !conditions.lacks(SLOT)) {
                var wait = met ? longer(patience, WORKER_STARTS) : Duration.ZERO;
                conditions.lag(maxLagBytes, Deadline.in(wait));
            }
            return List.copyOf(conditions.unmet);
        }
    }

    /// That the source is a standby, if it is. Asked first: the other questions take functions,
    /// which cannot be made there even for a session.
    static List<Unmet> standby(Crossing crossing) throws SQLException {
        var conditions = new Conditions(crossing);
        crossing.source()
                .call(
                        on -> {
                            conditions.primary(on, crossing.source());
                            return true;
                        });
        return List.copyOf(conditions.unmet);
    }

    private boolean lacks(String id) {
        return unmet.stream().anyMatch(one -> one.id().equals(id));
    }

    /// A session of a moment, such as a probe's, is no application.
    private static List<Unmet> look(Preflight preflight) throws SQLException {
        var leaving = Deadline.in(LEAVING);
        var found = preflight.againstCutover();
        while (true) {
            var mayPass = found.stream().allMatch(row -> row.id().equals(Preflight.SUPERUSERS));
            if (found.isEmpty() || !mayPass || leaving.passed()) {
                return found.stream()
                        .map(
                                row ->
                                        new Unmet(
                                                row.id(),
                                                "on " + row.server() + ": " + row.finding(),
                                                row.mend(),
                                                row.unsafe()))
                        .toList();
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            found = preflight.againstCutover(Preflight.SUPERUSERS);
        }
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /// A subscription that was enabled a moment ago gets its worker within seconds.
    private boolean mayPass() {
        return unmet.stream().allMatch(one -> one.id().equals(WORKER));
    }

    private void source() throws SQLException {
        crossing.source()
                .call(
                        on -> {
                            seesSessions(on, crossing.source());
                            says(
                                    "prepared_transactions",
                                    crossing.source(),
                                    on,
                                    "SELECT 'prepared transaction ' || gid FROM pg_prepared_xacts"
                                            + " WHERE database = current_database()",
                                    "Commit it or roll it back.");
                            says(
                                    "old_transactions",
                                    crossing.source(),
                                    on,
                                    """
                                    SELECT format('pid %s (%s) holds a transaction id since %s', pid,
                                           usename, xact_start) FROM pg_stat_activity
                                     WHERE datname = current_database() AND backend_xid IS NOT NULL
                                       AND xact_start < now() - interval '30 seconds'
                                       AND NOT (usename = current_user
                                                AND starts_with(application_name, 'pointsman/'))\
                                    """,
                                    "Wait for it, or end it.");
                            lostSlot(on);
                            says(
                                    WORKER,
                                    crossing.source(),
                                    on,
                                    "SELECT 'slot "
                                            + crossing.slot()
                                            + " is not in use by the target' WHERE NOT EXISTS"
                                            + " (SELECT FROM pg_replication_slots WHERE active"
                                            + " AND slot_name = "
                                            + Sql.literal(crossing.slot())
                                            + ")",
                                    "See the log of "
                                            + crossing.target().name()
                                            + " for why it does not replicate.");
                            return true;
                        });
    }

    private void lostSlot(Connection on) throws SQLException {
        if (Slots.isLost(on, crossing.slot())) {
            unmet.add(
                    new Unmet(
                            SLOT,
                            Slots.lostWords(crossing.slot(), crossing.source().name()),
                            WayOut.of(crossing.pair()) + "."));
        }
    }

    private void target() throws SQLException {
        crossing.target()
                .call(
                        on -> {
                            primary(on, crossing.target());
                            seesSessions(on, crossing.target());
                            var name = Sql.literal(crossing.subscription());
                            says(
                                    SUBSCRIPTION,
                                    crossing.target(),
                                    on,
                                    "SELECT "
                                            + name
                                            + " || ' is missing or disabled' WHERE NOT EXISTS"
                                            + " (SELECT FROM pg_subscription WHERE subenabled"
                                            + " AND subname = "
                                            + name
                                            + ")",
                                    "See SHOW MIGRATION and the log of "
                                            + crossing.target().name()
                                            + ".");
                            says(
                                    WORKER,
                                    crossing.target(),
                                    on,
                                    "SELECT 'the subscription has no worker' WHERE NOT EXISTS"
                                        + " (SELECT FROM pg_stat_subscription WHERE pid IS NOT NULL"
                                        + " AND subname = "
                                            + name
                                            + ")",
                                    "See the log of " + crossing.target().name() + ".");
                            says(
                                    "tables_ready",
                                    crossing.target(),
                                    on,
                                    "SELECT 'table ' || srrelid::regclass || ' is in state '"
                                            + " || srsubstate::text FROM pg_subscription_rel r"
                                            + " JOIN pg_subscription s ON s.oid = r.srsubid"
                                            + " WHERE srsubstate <> 'r' AND s.subname = "
                                            + name,
                                    "Wait until SHOW MIGRATION says ready.");
                            return true;
                        });
    }

    private void primary(Connection on, Cluster cluster) throws SQLException {
        says(
                "primary",
                cluster,
                on,
                "SELECT 'this server is a standby' WHERE pg_is_in_recovery()",
                "Name the primary in the configuration.");
    }

    private void seesSessions(Connection on, Cluster cluster) throws SQLException {
        says(
                "sees_sessions",
                cluster,
                on,
                "SELECT 'the control role cannot see the sessions of others' WHERE NOT"
                        + " pg_has_role(current_user, 'pg_read_all_stats', 'member')",
                "GRANT pg_read_all_stats TO the control role on server " + cluster.name() + ".");
    }

    private void says(String id, Cluster where, Connection on, String query, String mend)
            throws SQLException {
        for (var finding : Sql.list(on, query, row -> Objects.toString(row.getString(1), id))) {
            unmet.add(new Unmet(id, "on " + where.name() + ": " + finding, mend));
        }
    }

    /// What the way back lacks loses nothing by itself: that may be accepted.
    private void tables() throws SQLException {
        var direction = crossing.direction();
        for (var amiss : TableLists.amiss(crossing.pair(), direction)) {
            if (amiss.direction() == direction) {
                unmet.add(new Unmet("table_lists", amiss.finding(), amiss.mend()));
            } else if (direction == Direction.FORWARD) {
                unmet.add(new Unmet("way_back_lists", amiss.finding(), amiss.mend()));
            }
        }
        var missing =
                SequenceCopy.missing(
                        crossing.source().call(SequenceCopy::names),
                        crossing.target().call(SequenceCopy::names));
        for (var name : missing) {
            unmet.add(
                    new Unmet(
                            "sequences",
                            "sequence " + name + " is missing on the target",
                            "Create it there."));
        }
    }

    /// Small twice in a row, so that it is not small by chance; and no apply error in between.
    private void lag(long maxLagBytes, Deadline deadline) throws SQLException {
        var errors = applyErrors();
        for (var small = 0; small < 2; ) {
            var lag = readLag();
            small = lag <= maxLagBytes ? small + 1 : 0;
            if (small == 0 && deadline.passed()) {
                unmet.add(
                        new Unmet(
                                "lag",
                                "the target %s is %d bytes behind"
                                        .formatted(crossing.target().name(), lag),
                                "Wait, or raise cutover.max_lag."));
                return;
            }
            if (small < 2) {
                LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            }
        }
        if (applyErrors() != errors) {
            unmet.add(
                    new Unmet(
                            "apply_errors",
                            "%s on %s met errors just now"
                                    .formatted(crossing.subscription(), crossing.target().name()),
                            "See the log of " + crossing.target().name() + "."));
        }
    }

    private long readLag() throws SQLException {
        return crossing.source()
                .call(
                        on ->
                                Sql.one(
                                        on,
                                        """
                                        SELECT (pg_current_wal_lsn() - coalesce(
                                                 (SELECT r.replay_lsn FROM pg_stat_replication r
                                                   WHERE r.pid = s.active_pid),
                                                 s.confirmed_flush_lsn))::int8
                                          FROM pg_replication_slots s WHERE s.slot_name = ?\
                                        """,
                                        row -> row.getLong(1),
                                        crossing.slot()));
    }

    private long applyErrors() throws SQLException {
        return crossing.target()
                .call(
                        on -> {
                            if (!Sql.is(
                                    on,
                                    "SELECT to_regclass('pg_stat_subscription_stats') IS NOT"
                                            + " NULL")) {
                                return 0L;
                            }
                            return Sql.one(
                                    on,
                                    "SELECT coalesce(sum(apply_error_count), 0)::int8 FROM"
                                            + " pg_stat_subscription_stats WHERE subname = ?",
                                    row -> row.getLong(1),
                                    crossing.subscription());
                        });
    }
}
