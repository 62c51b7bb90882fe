package dev.pointsman.core.migration.run;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.OurSchema;
import dev.pointsman.core.migration.schema.SchemaCopy;
import dev.pointsman.core.migration.setup.Pair;
import dev.pointsman.core.migration.setup.Publications;
import dev.pointsman.core.migration.setup.Slots;
import dev.pointsman.core.migration.setup.Subscriptions;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/// Takes a migration's objects off both servers. Each step stands alone: one that cannot be done
/// becomes a line of [#leftovers], with the SQL that does it by hand, and the others go on.
final class Undo {
    private static final String OURS =
            "DROP TABLE IF EXISTS pointsman.marker, pointsman.marker_back, pointsman.copied";

    private static final int LOOKS = 40;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    private final Pair pair;
    private final List<String> leftovers = new ArrayList<>();
    private final Set<Cluster> silent = new HashSet<>();

    Undo(Pair pair) {
        this.pair = pair;
    }

    @FunctionalInterface
    private interface Step {
        void on(Connection connection) throws SQLException, InterruptedException;
    }

    /// What could not be taken away: where, why, and the SQL for it.
    List<String> leftovers() {
        return List.copyOf(leftovers);
    }

    /// Subscriptions first, then the slots they used, then publications.
    void replication() {
        for (var direction : Direction.values()) {
            subscription(direction);
        }
        for (var direction : Direction.values()) {
            var from = pair.from(direction);
            for (var slot : List.of(pair.names().slot(direction), pair.names().canary(direction))) {
                step(from, Slots.dropSql(slot), connection -> Slots.drop(connection, slot));
            }
            step(
                    from,
                    "DROP PUBLICATION IF EXISTS " + pair.names().publication(direction),
                    connection -> Publications.drop(connection, pair.names(), direction));
        }
    }

    /// Ends the flow to the target first, so that nothing is written there while it is cleared.
    void stopForward() {
        subscription(Direction.FORWARD);
    }

    private void subscription(Direction direction) {
        var copySlots = new ArrayList<String>();
        step(
                pair.to(direction),
                Subscriptions.dropSql(pair.names(), direction),
                connection ->
                        copySlots.addAll(Subscriptions.drop(connection, pair.names(), direction)));
        for (var pattern : copySlots) {
            step(
                    pair.from(direction),
                    Slots.dropSql(pattern),
                    connection -> Slots.dropLike(connection, pattern));
        }
    }

    /// Brings the target back to how it was found: a schema that we copied is dropped, copied rows
    /// are taken out of tables that were empty. Neither when somebody else has been writing there.
    void copies(List<String> tables, List<String> strays) {
        step(
                pair.target(),
                "-- decide yourself what becomes of the copied tables",
                connection -> {
                    if (!SchemaCopy.isNoted(connection)) {
                        return; // an earlier abort did all this, and may not have come further
                    }
                    if (!strays.isEmpty()) {
                        throw new SQLException(
                                "tables and rows stay, for others have written there: "
                                        + strays.getFirst());
                    }
                    var others = others(connection);
                    if (!others.isEmpty()) {
                        throw new SQLException(
                                "tables and rows stay, for others are connected: " + others);
                    }
                    if (SchemaCopy.wasDone(connection)) {
                        SchemaCopy.undo(connection);
                    } else if (!tables.isEmpty()) {
                        truncate(connection, tables);
                    }
                });
    }

    private static void truncate(Connection connection, List<String> tables) throws SQLException {
        var there =
                tables.stream()
                        .map(table -> "ONLY " + table)
                        .collect(Collectors.joining(", ", "TRUNCATE ", ""));
        Sql.run(connection, there);
    }

    /// Who else is connected. Connections of ours that are being closed take a moment.
    private static List<String> others(Connection connection)
            throws SQLException, InterruptedException {
        var found = connected(connection);
        for (int i = 0; i < LOOKS && !found.isEmpty(); i++) {
            Thread.sleep(LOOK_AGAIN);
            found = connected(connection);
        }
        return found;
    }

    private static List<String> connected(Connection connection) throws SQLException {
        return Sql.texts(
                connection,
                """
                SELECT usename || ' (pid ' || pid || ', ' || application_name || ')'
                  FROM pg_stat_activity
                 WHERE datname = current_database() AND backend_type = 'client backend'
                   AND application_name NOT LIKE 'pointsman%' AND pid <> pg_backend_pid()\
                """);
    }

    /// Drops our schema, but keeps the records where they decide who serves: then what ended is
    /// noted beside them.
    ///
    /// @param ended what remains of the migration's row
    /// @return whether records were kept
    boolean schema(Cluster cluster, boolean keepRecords, MigrationRow ended, String instance) {
        var kept = new AtomicBoolean(); // told even where what follows it fails
        step(
                cluster,
                OURS + "; UPDATE pointsman.migration SET state = '" + ended.state().word() + "'",
                connection -> {
                    kept.set(
                            OurSchema.exists(connection)
                                    && (keepRecords
                                            || decides(connection, cluster.database().serve())));
                    if (kept.get()) {
                        Sql.run(connection, OURS);
                        ended.write(connection, instance);
                    } else {
                        Sql.run(connection, "DROP SCHEMA IF EXISTS pointsman CASCADE");
                    }
                });
        return kept.get();
    }

    /// Whether a record says anything else than the configuration, or holds what a fence replaced.
    /// An open one may have been decided on the other server.
    private static boolean decides(Connection connection, String serve) throws SQLException {
        return OurSchema.exists(connection)
                && (OurSchema.isFenced(connection)
                        || Sql.is(
                                connection,
                                """
                                SELECT EXISTS (SELECT FROM pointsman.record r
                                                WHERE kind = 'decided'
                                                   OR (kind = 'undone' AND server <> ?)
                                                   OR (kind = 'open'
                                                       AND epoch = (SELECT max(epoch)
                                                                      FROM pointsman.record)))\
                                """,
                                serve));
    }

    private void step(Cluster cluster, String byHand, Step step) {
        if (silent.contains(cluster)) {
            if (leftovers.stream().noneMatch(line -> line.endsWith(byHand))) {
                leftovers.add("on " + cluster.name() + " by hand: " + byHand);
            }
            return;
        }
        try (var connection = connect(cluster)) {
            step.on(connection);
        } catch (SQLException e) {
            var why = cluster.refusal(e).report().message();
            leftovers.add(why + "; by hand on " + cluster.name() + ": " + byHand);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            leftovers.add("on " + cluster.name() + ": interrupted; by hand: " + byHand);
        }
    }

    /// A server that cannot be reached once is not tried again: each try may take long.
    private Connection connect(Cluster cluster) throws SQLException {
        try {
            return cluster.dedicated();
        } catch (SQLException e) {
            silent.add(cluster);
            throw e;
        }
    }
}
