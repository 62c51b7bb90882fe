package dev.pointsman.cli.cutover;

import dev.pointsman.cli.real.RealServer;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.OurSchema;
import dev.pointsman.core.migration.ReplicationNames;

import org.awaitility.Awaitility;

import java.sql.SQLException;

/// Two servers in the middle of a migration that is ready: laid by hand, with the objects and names
/// that a cutover relies on.
final class MigratedPair {
    private final RealServer source;
    private final RealServer target;
    private final String database;
    private final ReplicationNames names;

    MigratedPair(RealServer source, RealServer target, String database) {
        this.source = source;
        this.target = target;
        this.database = database;
        this.names = new ReplicationNames(database, 1);
    }

    /// Runs the same DDL on both servers and replicates `tables`, until everything is ready.
    void replicate(String ddl, String... tables) throws SQLException {
        for (var server : new RealServer[] {source, target}) {
            server.execute(database, ddl);
            try (var connection = server.connect(database)) {
                OurSchema.create(connection);
                for (var direction : Direction.values()) {
                    Sql.run(
                            connection,
                            "INSERT INTO " + direction.markerTable() + " VALUES (1, 0)");
                }
                Sql.run(
                        connection,
                        "INSERT INTO pointsman.migration (id, version, source, target, number,"
                                + " tables, state, instance, at)"
                                + " VALUES (1, 1, 'blue', 'green', 1, ?, 'ready', 'test', now())",
                        (Object) tables);
            }
        }
        publish(source, Direction.FORWARD, tables);
        subscribe(source, target, Direction.FORWARD, "create_slot = true, copy_data = false");
        publish(target, Direction.BACK, tables);
        slot(target, names.slot(Direction.BACK), "pgoutput");
        subscribe(
                target,
                source,
                Direction.BACK,
                "create_slot = false, enabled = false, copy_data = false, slot_name = '"
                        + names.slot(Direction.BACK)
                        + "'");
        slot(source, names.canary(Direction.FORWARD), "test_decoding");
        slot(target, names.canary(Direction.BACK), "test_decoding");
        Awaitility.await("the subscription to work")
                .until(
                        () ->
                                source.value(
                                                database,
                                                "select count(*) from pg_replication_slots where"
                                                    + " active and database = current_database()")
                                        .equals("1"));
    }

    private void publish(RealServer on, Direction direction, String... tables) throws SQLException {
        on.execute(
                database,
                "CREATE PUBLICATION "
                        + names.publication(direction)
                        + " FOR TABLE "
                        + String.join(", ", tables)
                        + ", "
                        + direction.markerTable());
    }

    private void subscribe(RealServer from, RealServer on, Direction direction, String with)
            throws SQLException {
        on.execute(
                database,
                "CREATE SUBSCRIPTION "
                        + names.subscription(direction)
                        + " CONNECTION 'host="
                        + from.peerHost()
                        + " port="
                        + from.peerPort()
                        + " user=postgres dbname="
                        + database
                        + "' PUBLICATION "
                        + names.publication(direction)
                        + " WITH ("
                        + with
                        + ")");
    }

    private void slot(RealServer on, String name, String plugin) throws SQLException {
        on.execute(
                database,
                "SELECT pg_create_logical_replication_slot('" + name + "', '" + plugin + "')");
    }
}
