package dev.pointsman.core.cutover.after;

import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.cutover.run.Step;
import dev.pointsman.core.migration.passage.Crossing;
import dev.pointsman.core.migration.passage.Deadline;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/// Turns replication round: the direction that worked is disabled and seen at rest, the other one
/// begins exactly where clients began to write on the server that serves now. Never are both
/// enabled: a change would go round and come back.
final class Turning {
    private static final Logger log = LoggerFactory.getLogger(Turning.class);
    private static final Duration REST_LIMIT = Duration.ofSeconds(60);
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

    void run() throws SQLException, InterruptedException {
        if (!exists(next)) {
            log.atWarn()
                    .addKeyValue("subscription", next.subscription())
                    .log("there is no way back: the reverse subscription does not exist");
            disable();
            return;
        }
        disable();
        awaitRest();
        watch.passed(Step.FORWARD_DISABLED);
        if (isDisabled(next)) {
            var byOrigin = skipReplicated();
            watch.passed(Step.ORIGIN_ADVANCED);
            enable();
            watch.passed(Step.REVERSE_ENABLED);
            if (!byOrigin) {
                nudge();
            }
        }
    }

    private static boolean exists(Crossing crossing) throws SQLException {
        return crossing.target()
                .call(
                        on ->
                                Sql.is(
                                        on,
                                        "SELECT true FROM pg_subscription WHERE subname = ?",
                                        crossing.subscription()));
    }

    private static boolean isDisabled(Crossing crossing) throws SQLException {
        return crossing.target()
                .call(
                        on ->
                                Sql.is(
                                        on,
                                        "SELECT NOT subenabled FROM pg_subscription WHERE subname ="
                                                + " ?",
                                        crossing.subscription()));
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
        return worked.target()
                        .call(
                                on ->
                                        Sql.is(
                                                on,
                                                "SELECT true FROM pg_stat_subscription"
                                                        + " WHERE subname = ? AND pid IS NOT NULL",
                                                worked.subscription()))
                || worked.source()
                        .call(
                                on ->
                                        Sql.is(
                                                on,
                                                "SELECT active FROM pg_replication_slots"
                                                        + " WHERE slot_name = ?",
                                                worked.slot()));
    }

    /// The way back must not bring what came the way there. Preferred is the subscription's origin,
    /// which survives crashes at once; else the slot. Neither is ever moved backwards: an origin
    /// would go back without a word.
    private boolean skipReplicated() throws SQLException {
        var mayOrigin =
                next.target()
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
        if (mayOrigin) {
            next.target().call(this::advanceOrigin);
        } else {
            next.source().call(this::advanceSlot);
        }
        return mayOrigin;
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
    /// position, which makes it durable there.
    private void nudge() throws SQLException, InterruptedException {
        var value = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        next.source()
                .call(
                        on ->
                                Sql.run(
                                        on,
                                        "UPDATE "
                                                + next.markerTable()
                                                + " SET value = ? WHERE id = 1",
                                        value));
        var until = Deadline.in(REST_LIMIT);
        while (!next.target()
                .call(
                        on ->
                                Sql.is(
                                        on,
                                        "SELECT value = ? FROM "
                                                + next.markerTable()
                                                + " WHERE id = 1",
                                        value))) {
            if (until.passed()) {
                throw new SQLException("the way back does not carry changes", "55000");
            }
            Thread.sleep(LOOK_AGAIN);
        }
    }
}
