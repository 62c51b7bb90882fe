package dev.pointsman.core.cutover.after;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.cutover.report.Trouble;
import dev.pointsman.core.cutover.run.Step;
import dev.pointsman.core.migration.passage.Crossing;
import dev.pointsman.core.migration.passage.Deadline;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/// Turns replication round: the direction that worked is disabled and seen at rest, the other one
/// begins exactly where clients began to write on the server that serves now. Never are both
/// enabled: a change would go round and come back.
final class Turning {
    private static final Logger log = LoggerFactory.getLogger(Turning.class);
    private static final Duration REST_LIMIT = Duration.ofSeconds(60);

    /// A subscription's worker begins at once, or when it has been tried lately after five seconds.
    private static final Duration BEGIN_LIMIT = Duration.ofSeconds(20);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    private final Crossing worked;
    private final Crossing next;
    private final String position;
    private final Step.Watch watch;

    /// `position` is the one recorded on the target: all that was replicated is before it.
    Turning(Crossing worked, String position, Step.Watch watch) {
        this.worked = worked;
        this.next = worked.reversed();
        this.position = position;
        this.watch = watch;
    }

    /// Returns what to warn of: that there is no way back, if there is none.
    List<String> run() throws SQLException, InterruptedException {
        var broken = broken();
        if (!broken.isEmpty()) {
            disable();
            return noWayBack(broken);
        }
        disable();
        awaitRest();
        watch.passed(Step.FORWARD_DISABLED);
        var byOrigin = mayMoveOrigin();
        if (isDisabled(next)) {
            if (byOrigin) {
                next.target().call(this::advanceOrigin);
            } else {
                next.source().call(this::advanceSlot);
            }
            watch.passed(Step.ORIGIN_ADVANCED);
            enable();
            watch.passed(Step.REVERSE_ENABLED);
        }
        if (!byOrigin) {
            nudge();
        }
        return flows() ? List.of() : noWayBack(silence());
    }

    private List<String> noWayBack(String why) {
        log.atWarn()
                .addKeyValue("subscription", next.subscription())
                .addKeyValue("why", why)
                .log("there is no way back");
        return List.of(
                Trouble.noWayBack(
                        "%s; what is written to %s does not reach %s"
                                .formatted(why, next.source().name(), next.target().name())));
    }

    /// Why there can be no way back; empty when there can.
    private String broken() throws SQLException {
        if (!exists(next)) {
            return "subscription %s does not exist on %s"
                    .formatted(next.subscription(), next.target().name());
        }
        var usable =
                is(
                        next.source(),
                        "SELECT wal_status IS DISTINCT FROM 'lost' FROM pg_replication_slots"
                                + " WHERE slot_name = ?",
                        next.slot());
        return usable
                ? ""
                : "slot %s of subscription %s is missing or lost on %s"
                        .formatted(next.slot(), next.subscription(), next.source().name());
    }

    private String silence() {
        return "subscription %s on %s does not connect to %s, whose log and peer address tell more"
                .formatted(next.subscription(), next.target().name(), next.source().name());
    }

    /// Waits for the worker of the way back, for a while. One that cannot connect ends and is begun
    /// again every few seconds.
    private boolean flows() throws SQLException, InterruptedException {
        var until = Deadline.in(BEGIN_LIMIT);
        while (!isActive(next)) {
            if (until.passed()) {
                return false;
            }
            Thread.sleep(LOOK_AGAIN);
        }
        return true;
    }

    private static boolean isActive(Crossing crossing) throws SQLException {
        return is(
                crossing.source(),
                "SELECT active FROM pg_replication_slots WHERE slot_name = ?",
                crossing.slot());
    }

    private static boolean exists(Crossing crossing) throws SQLException {
        return is(
                crossing.target(),
                "SELECT true FROM pg_subscription WHERE subname = ?",
                crossing.subscription());
    }

    private static boolean isDisabled(Crossing crossing) throws SQLException {
        return is(
                crossing.target(),
                "SELECT NOT subenabled FROM pg_subscription WHERE subname = ?",
                crossing.subscription());
    }

    private static boolean is(Cluster where, String question, String name) throws SQLException {
        return where.call(on -> Sql.is(on, question, name));
    }

    private void disable() throws SQLException {
        if (exists(worked) && !isDisabled(worked)) {
            worked.target().call(on -> alter(on, worked, "DISABLE"));
        }
    }

    private void enable() throws SQLException {
        next.target().call(on -> alter(on, next, "ENABLE"));
    }

    private static int alter(Connection on, Crossing crossing, String what) throws SQLException {
        return Sql.run(
                on, "ALTER SUBSCRIPTION " + Sql.identifier(crossing.subscription()) + " " + what);
    }

    /// A disabled subscription's worker ends on its own, after about a second.
    private void awaitRest() throws SQLException, InterruptedException {
        var until = Deadline.in(REST_LIMIT);
        while (isAtWork()) {
            if (until.passed()) {
                throw new SQLException(
                        "subscription "
                                + worked.subscription()
                                + " is disabled, but its worker or its slot stays active",
                        "55006");
            }
            Thread.sleep(LOOK_AGAIN);
        }
    }

    private boolean isAtWork() throws SQLException {
        return is(
                        worked.target(),
                        "SELECT true FROM pg_stat_subscription WHERE subname = ?"
                                + " AND pid IS NOT NULL",
                        worked.subscription())
                || isActive(worked);
    }

    /// The way back must not bring what came the way there. Preferred is the subscription's origin,
    /// which survives crashes at once; else the slot. Neither is ever moved backwards: an origin
    /// would go back without a word.
    private boolean mayMoveOrigin() throws SQLException {
        return next.target()
                .call(
                        on ->
                                Sql.is(
                                        on,
                                        """
                                        SELECT has_function_privilege(
                                          'pg_replication_origin_advance(text,pg_lsn)', 'EXECUTE')
                                           AND has_function_privilege(
                                          'pg_replication_origin_progress(text,boolean)', 'EXECUTE')\
                                        """));
    }

    private boolean advanceOrigin(Connection on) throws SQLException {
        return Sql.is(
                on,
                """
                SELECT CASE WHEN coalesce(pg_replication_origin_progress('pg_' || oid, false), '0/0')
                                 < ?::pg_lsn
                            THEN pg_replication_origin_advance('pg_' || oid, ?::pg_lsn) IS NULL
                       END
                  FROM pg_subscription WHERE subname = ? AND NOT subenabled\
                """,
                position,
                position,
                next.subscription());
    }

    /// Safe from a crash of that server only after a checkpoint.
    private boolean advanceSlot(Connection on) throws SQLException {
        Sql.texts(
                on,
                """
                SELECT pg_replication_slot_advance(slot_name, ?::pg_lsn)::text
                  FROM pg_replication_slots
                 WHERE slot_name = ? AND NOT active AND confirmed_flush_lsn < ?::pg_lsn\
                """,
                position,
                next.slot(),
                position);
        try {
            Sql.run(on, "CHECKPOINT");
        } catch (SQLException e) {
            log.atWarn()
                    .addKeyValue("server", next.source().name())
                    .addKeyValue("cause", e.getMessage())
                    .log("no right to CHECKPOINT: the way back is not crash-safe for a moment");
        }
        return true;
    }

    /// One change of ours through the way back takes the subscription's own origin beyond the
    /// position, which makes it durable there. It is the marker of the attempt, which no other has:
    /// where that is to be seen, the change has gone through already.
    private void nudge() throws SQLException, InterruptedException {
        var value = value(next.source(), worked.markerTable());
        if (value == value(next.target(), next.markerTable())) {
            return;
        }
        next.source()
                .call(
                        on ->
                                Sql.run(
                                        on,
                                        "UPDATE "
                                                + next.markerTable()
                                                + " SET value = ? WHERE id = 1 AND value <> ?",
                                        value,
                                        value));
        var until = Deadline.in(REST_LIMIT);
        while (value != value(next.target(), next.markerTable())) {
            if (until.passed()) {
                throw new SQLException("the way back does not carry changes", "55000");
            }
            Thread.sleep(LOOK_AGAIN);
        }
    }

    private static long value(Cluster on, String markerTable) throws SQLException {
        return on.call(
                connection ->
                        Sql.one(
                                connection,
                                "SELECT value FROM " + markerTable + " WHERE id = 1",
                                row -> row.getLong(1)));
    }
}
