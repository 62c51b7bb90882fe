package dev.pointsman.cli.cutover;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/// Clients that write one numbered row after the other, and remember what was acknowledged to each.
public final class Writers implements AutoCloseable {
    /// Opens a client's connection.
    public interface Connector {
        Connection connect() throws SQLException;
    }

    private final AtomicIntegerArray acknowledged;
    private final Queue<String> errors = new ConcurrentLinkedQueue<>();
    private final Slowest slowest;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopping;

    public Writers(int count, Connector connector) {
        this(count, connector, new Slowest());
    }

    /// Tells `slowest` of every statement.
    public Writers(int count, Connector connector, Slowest slowest) {
        this.slowest = slowest;
        acknowledged = new AtomicIntegerArray(count);
        for (int i = 0; i < count; i++) {
            var writer = i;
            threads.add(Thread.ofPlatform().start(() -> write(writer, connector)));
        }
    }

    private void write(int writer, Connector connector) {
        try (var connection = connector.connect()) {
            connection.setAutoCommit(writer % 2 == 0);
            try (var insert =
                    connection.prepareStatement(
                            "insert into entry (writer, number) values (?, ?)")) {
                for (int number = 1; !stopping; number++) {
                    insert.setInt(1, writer);
                    insert.setInt(2, number);
                    var began = System.nanoTime();
                    insert.execute();
                    slowest.answered(began);
                    if (!connection.getAutoCommit()) {
                        began = System.nanoTime();
                        connection.commit();
                        slowest.answered(began);
                    }
                    acknowledged.set(writer, number);
                    LockSupport.parkNanos(3_000_000);
                }
            }
        } catch (SQLException e) {
            errors.add("writer " + writer + ": " + e.getMessage());
        }
    }

    public List<String> errors() {
        return List.copyOf(errors);
    }

    public int acknowledged() {
        int sum = 0;
        for (int i = 0; i < acknowledged.length(); i++) {
            sum += acknowledged.get(i);
        }
        return sum;
    }

    public int acknowledged(int writer) {
        return acknowledged.get(writer);
    }

    public int count() {
        return acknowledged.length();
    }

    public void stop() {
        stopping = true;
        for (var thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while writers finish", e);
            }
        }
    }

    @Override
    public void close() {
        stop();
    }
}
