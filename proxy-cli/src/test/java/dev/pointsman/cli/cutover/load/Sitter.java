package dev.pointsman.cli.cutover.load;

import dev.pointsman.cli.cutover.Slowest;
import dev.pointsman.cli.cutover.Writers.Connector;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.LockSupport;

/// Idles in its transactions: shortly, or until it is told to go on.
final class Sitter extends Client {
    private final Slowest slowest;
    private volatile boolean sitting;
    private volatile boolean sits;
    private final Connection connection;

    Sitter(int writer, Connector connector, Slowest slowest) throws SQLException {
        super(writer);
        this.slowest = slowest;
        connection = connector.connect();
        connection.setAutoCommit(false);
    }

    /// From its next transaction on it sits until [#goOn].
    void sitDown() {
        sitting = true;
    }

    boolean sits() {
        return sits;
    }

    void goOn() {
        sitting = false;
    }

    @Override
    boolean write(int number) throws SQLException {
        try (var insert = connection.prepareStatement(INSERT)) {
            insert.setInt(1, writer());
            insert.setInt(2, number);
            timed(insert::execute);
        }
        LockSupport.parkNanos(15_000_000);
        while (sitting) {
            sits = true;
            LockSupport.parkNanos(1_000_000);
        }
        sits = false;
        timed(connection::commit);
        return true;
    }

    @Override
    void takeBack() throws SQLException {
        connection.rollback();
    }

    private interface Statement {
        void run() throws SQLException;
    }

    private void timed(Statement statement) throws SQLException {
        var began = System.nanoTime();
        statement.run();
        slowest.answered(began);
    }

    @Override
    void stop() throws InterruptedException {
        goOn();
        super.stop();
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
