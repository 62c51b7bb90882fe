package dev.pointsman.core.migration.run;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.MigrationState;
import dev.pointsman.core.migration.MigrationStatus;
import dev.pointsman.core.migration.ReplicationNames;
import dev.pointsman.core.migration.ReverseState;
import dev.pointsman.core.migration.setup.Pair;
import dev.pointsman.core.migration.setup.Slots;

import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Reads from both servers' catalogs where replication stands.
final class StatusReader {
    private StatusReader() {}

    /// A subscription as its own server shows it.
    ///
    /// @param errors how often applying failed; 0 before version 15, which does not count
    record Subscribed(
            boolean exists, boolean enabled, boolean works, int tables, int ready, long errors) {}

    /// A slot as its own server shows it.
    ///
    /// @param words that the server has given it up, for people; empty while it has not
    record Slot(boolean exists, String words) {
        boolean lost() {
            return !words.isEmpty();
        }
    }

    /// The slots of both directions.
    record BothSlots(Slot forward, Slot back) {
        Slot of(Direction direction) {
            return switch (direction) {
                case FORWARD -> forward;
                case BACK -> back;
            };
        }

        /// Those that their servers have given up, in words.
        List<String> lost() {
            return Stream.of(forward, back).filter(Slot::lost).map(Slot::words).toList();
        }
    }

    static Subscribed subscription(Cluster cluster, String name) throws SQLException {
        var errors =
                cluster.facts().major() >= 15
                        ? "coalesce((SELECT apply_error_count + sync_error_count"
                                + " FROM pg_stat_subscription_stats e WHERE e.subid = s.oid), 0)"
                        : "0";
        var sql =
                """
                SELECT s.subenabled,
                       EXISTS (SELECT 1 FROM pg_stat_subscription w WHERE w.subid = s.oid
                                AND w.relid IS NULL AND w.pid IS NOT NULL),
                       count(c.oid) FILTER (WHERE c.relnamespace <> 'pointsman'::regnamespace),
                       count(c.oid) FILTER (WHERE c.relnamespace <> 'pointsman'::regnamespace
                                                  AND r.srsubstate = 'r'),
                """
                        + errors
                        + """
                         FROM pg_subscription s
                         JOIN pg_database d ON d.oid = s.subdbid AND d.datname = current_database()
                         LEFT JOIN pg_subscription_rel r ON r.srsubid = s.oid
                         LEFT JOIN pg_class c ON c.oid = r.srrelid
                        WHERE s.subname = ? GROUP BY s.oid, s.subenabled\
                        """;
        return cluster
                .call(
                        connection ->
                                Sql.list(
                                        connection,
                                        sql,
                                        row ->
                                                new Subscribed(
                                                        true,
                                                        row.getBoolean(1),
                                                        row.getBoolean(2),
                                                        row.getInt(3),
                                                        row.getInt(4),
                                                        row.getLong(5)),
                                        name))
                .stream()
                .findFirst()
                .orElse(new Subscribed(false, false, false, 0, 0, 0));
    }

    private static Slot slot(Cluster cluster, String name) throws SQLException {
        return cluster
                .call(
                        connection ->
                                Sql.list(
                                        connection,
                                        """
                                        SELECT coalesce(wal_status = 'lost', false)
                                          FROM pg_replication_slots WHERE slot_name = ?\
                                        """,
                                        row ->
                                                new Slot(
                                                        true,
                                                        row.getBoolean(1)
                                                                ? Slots.lostWords(
                                                                        name, cluster.name())
                                                                : ""),
                                        name))
                .stream()
                .findFirst()
                .orElse(new Slot(false, ""));
    }

    /// Those that changes flow through.
    static BothSlots slots(Pair pair) throws SQLException {
        return new BothSlots(slot(pair, Direction.FORWARD), slot(pair, Direction.BACK));
    }

    private static Slot slot(Pair pair, Direction direction) throws SQLException {
        return slot(pair.from(direction), pair.names().slot(direction));
    }

    /// WAL that our slots keep on this server.
    static Map<String, Long> retained(Cluster cluster, ReplicationNames names) throws SQLException {
        var ours =
                Stream.of(Direction.values())
                        .flatMap(one -> Stream.of(names.slot(one), names.canary(one)))
                        .toArray(String[]::new);
        var retained = new HashMap<String, Long>();
        cluster.call(
                connection ->
                        Sql.list(
                                connection,
                                """
                                SELECT slot_name, pg_current_wal_lsn() - restart_lsn
                                  FROM pg_replication_slots
                                 WHERE slot_name = ANY(?) AND restart_lsn IS NOT NULL\
                                """,
                                row -> retained.put(row.getString(1), row.getLong(2)),
                                (Object) ours));
        return retained;
    }

    /// How far the other server is behind in `direction`; unknown while no walsender works.
    static MigrationStatus.Lag lag(Pair pair, Direction direction) throws SQLException {
        return pair
                .from(direction)
                .call(
                        connection ->
                                Sql.list(
                                        connection,
                                        """
                                        SELECT greatest(0, pg_current_wal_lsn()
                                                 - coalesce(r.replay_lsn, s.confirmed_flush_lsn)),
                                               coalesce(extract(epoch FROM r.replay_lag), 0)
                                          FROM pg_replication_slots s
                                          JOIN pg_stat_replication r ON r.pid = s.active_pid
                                         WHERE s.slot_name = ?\
                                        """,
                                        row ->
                                                lag(
                                                        row.getBigDecimal(1).longValue(),
                                                        row.getDouble(2)),
                                        pair.names().slot(direction)))
                .stream()
                .findFirst()
                .orElse(new MigrationStatus.Lag.Unknown());
    }

    private static MigrationStatus.Lag lag(long bytes, double seconds) {
        return new MigrationStatus.Lag.Known(bytes, Duration.ofNanos((long) (seconds * 1e9)));
    }

    /// The state of the migration while changes flow in `direction`.
    static MigrationState state(
            MigrationRow row, Direction direction, Subscribed flowing, BothSlots slots) {
        return switch (direction) {
            case BACK -> MigrationState.SWITCHED;
            case FORWARD ->
                    slots.forward().lost() ? MigrationState.FAILED : forward(row.state(), flowing);
        };
    }

    private static MigrationState forward(MigrationState recorded, Subscribed flowing) {
        if (recorded != MigrationState.READY || isFlowing(flowing)) {
            return recorded;
        }
        return flowing.exists() && flowing.enabled()
                ? MigrationState.COPYING
                : MigrationState.FAILED;
    }

    /// Whether every change arrives.
    static boolean isFlowing(Subscribed subscribed) {
        return subscribed.exists()
                && subscribed.enabled()
                && subscribed.works()
                && subscribed.ready() == subscribed.tables();
    }

    /// Whether one can come back from a cutover while changes flow in `direction`.
    static ReverseState reverse(
            Pair pair,
            Direction direction,
            MigrationState state,
            Subscribed flowing,
            BothSlots slots)
            throws SQLException {
        return switch (state) {
            case NONE, COMPLETED, ABORTING -> ReverseState.NONE;
            case PREPARING, COPYING, VERIFYING, FAILED ->
                    prepared(pair, slots.back(), ReverseState.PREPARING);
            case READY -> prepared(pair, slots.back(), ReverseState.BROKEN);
            case SWITCHED -> flowing(flowing, slots.of(direction));
        };
    }

    private static ReverseState prepared(Pair pair, Slot slot, ReverseState otherwise)
            throws SQLException {
        if (slot.lost()) {
            return ReverseState.BROKEN;
        }
        var name = pair.names().subscription(Direction.BACK);
        var subscribed = slot.exists() && subscription(pair.source(), name).exists();
        return subscribed ? ReverseState.READY : otherwise;
    }

    private static ReverseState flowing(Subscribed subscribed, Slot slot) {
        if (!slot.exists() || slot.lost() || !subscribed.exists()) {
            return ReverseState.BROKEN;
        }
        return isFlowing(subscribed) ? ReverseState.READY : ReverseState.PREPARING;
    }
}
