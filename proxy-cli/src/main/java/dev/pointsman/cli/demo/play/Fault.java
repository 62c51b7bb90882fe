package dev.pointsman.cli.demo.play;

import dev.pointsman.cli.demo.EmbeddedServer;
import dev.pointsman.cli.load.Ledger;
import dev.pointsman.cli.load.LoadTables;

import java.sql.SQLException;

/// A fault that the demo plants behind the proxy's back, to show that its verdict would find one.
public enum Fault {
    NONE,
    /// An acknowledged row is deleted from the serving server.
    LOST,
    /// An acknowledged row is there a second time.
    DUPLICATE,
    /// The server ends the clients' connections under load.
    ERROR;

    /// Plants what belongs under load.
    void plantUnderLoad(EmbeddedServer serving, String database, String user) throws SQLException {
        switch (this) {
            case ERROR ->
                    serving.execute(
                            database,
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename ="
                                    + " '"
                                    + user
                                    + "'");
            case NONE, LOST, DUPLICATE -> {}
        }
    }

    /// Plants what belongs after the load and before the verdict.
    void plantAfterLoad(EmbeddedServer serving, String database, LoadTables tables, Ledger ledger)
            throws SQLException {
        switch (this) {
            case LOST -> delete(serving, database, tables, ledger);
            case DUPLICATE ->
                    serving.execute(
                            database,
                            "INSERT INTO %1$s.posting SELECT * FROM %1$s.posting LIMIT 1"
                                    .formatted(tables.schema()));
            case NONE, ERROR -> {}
        }
    }

    private static void delete(
            EmbeddedServer serving, String database, LoadTables tables, Ledger ledger)
            throws SQLException {
        var sql =
                "DELETE FROM %1$s.event WHERE write_id = (SELECT write_id FROM %1$s.event WHERE write_id = ANY (?) LIMIT 1)"
                        .formatted(tables.schema());
        try (var connection = serving.connect(database);
                var delete = connection.prepareStatement(sql)) {
            var ids = ledger.acknowledgedIds().boxed().toArray(Long[]::new);
            delete.setArray(1, connection.createArrayOf("bigint", ids));
            if (delete.executeUpdate() != 1) {
                throw new SQLException("no acknowledged event to delete");
            }
        }
    }
}
