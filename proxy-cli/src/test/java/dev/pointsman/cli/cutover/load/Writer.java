package dev.pointsman.cli.cutover.load;

import dev.pointsman.cli.cutover.Slowest;
import dev.pointsman.cli.cutover.Writers.Connector;

import java.sql.Connection;
import java.sql.SQLException;

/// Writes one row after the other on one connection, in a transaction block or without.
final class Writer extends Client {
    private final Connection connection;
    private final Slowest slowest;

    Writer(int writer, Connector connector, Slowest slowest) throws SQLException {
        super(writer);
        this.slowest = slowest;
        connection = connector.connect();
        connection.setAutoCommit(writer % 2 == 0);
    }

    @Override
    boolean write(int number) throws SQLException {
        try (var insert = connection.prepareStatement(INSERT)) {
            insert.setInt(1, writer());
            insert.setInt(2, number);
            var began = System.nanoTime();
            insert.execute();
            slowest.answered(began);
            if (!connection.getAutoCommit()) {
                began = System.nanoTime();
                connection.commit();
                slowest.answered(began);
            }
            return true;
        }
    }

    @Override
    void takeBack() throws SQLException {
        if (!connection.getAutoCommit()) {
            connection.rollback();
        }
    }

    @Override
    void stop() throws InterruptedException {
        super.stop();
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
