package dev.pointsman.cli.cutover.load;

import dev.pointsman.cli.cutover.Slowest;
import dev.pointsman.cli.cutover.Writers.Connector;

import java.sql.SQLException;

/// Logs in anew for every row.
final class Newcomer extends Client {
    private final Connector connector;
    private final Slowest slowest;

    Newcomer(int writer, Connector connector, Slowest slowest) {
        super(writer);
        this.connector = connector;
        this.slowest = slowest;
    }

    @Override
    boolean write(int number) throws SQLException {
        try (var connection = connector.connect();
                var insert = connection.prepareStatement(INSERT)) {
            insert.setInt(1, writer());
            insert.setInt(2, number);
            var began = System.nanoTime();
            insert.execute();
            slowest.answered(began);
            return true;
        }
    }
}
