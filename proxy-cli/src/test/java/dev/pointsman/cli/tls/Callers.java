package dev.pointsman.cli.tls;

import dev.pointsman.cli.cutover.Writers.Connector;

import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/// A client that logs in anew all the while, asks one thing and leaves.
final class Callers implements AutoCloseable {
    private final AtomicInteger calls = new AtomicInteger();
    private final Thread thread;
    private volatile String error = "";
    private volatile boolean stopping;

    Callers(Connector connector) {
        thread = Thread.ofVirtual().start(() -> call(connector));
    }

    private void call(Connector connector) {
        try {
            while (!stopping) {
                try (var connection = connector.connect();
                        var statement = connection.createStatement()) {
                    statement.execute("select count(*) from account");
                    calls.incrementAndGet();
                }
            }
        } catch (SQLException e) {
            error = "call %d: %s %s".formatted(calls.get(), e.getSQLState(), e.getMessage());
        }
    }

    /// How many came through.
    int count() {
        return calls.get();
    }

    /// What ended it before it was stopped; empty for nothing.
    String error() {
        return error;
    }

    void stop() {
        stopping = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while the caller finishes", e);
        }
    }

    @Override
    public void close() {
        stop();
    }
}
