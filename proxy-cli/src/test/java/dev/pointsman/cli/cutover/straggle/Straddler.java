package dev.pointsman.cli.cutover.straggle;

import dev.pointsman.cli.cutover.Writers;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A client with one transaction after the other, each begun before the last one ends: a gate that
/// closes finds it inside, whenever that is, and holds what it begins next. It connects again after
/// an error.
public final class Straddler implements AutoCloseable {
    private static final Executor BESIDE = task -> Thread.ofPlatform().daemon().start(task);
    private static final long LINGER_NANOS = 50_000_000;
    private static final long HELD_MILLIS = 100;

    private final Writers.Connector connector;
    private final Thread thread;
    private volatile boolean stopping;

    /// Begins at once.
    public Straddler(Writers.Connector connector) {
        this.connector = connector;
        thread = Thread.ofPlatform().daemon().name("straddler").start(this::goOn);
    }

    private void goOn() {
        while (!stopping) {
            try (var one = connector.connect();
                    var other = connector.connect()) {
                one.setAutoCommit(false);
                other.setAutoCommit(false);
                takeTurns(one, other);
            } catch (SQLException _) {
                LockSupport.parkNanos(LINGER_NANOS);
            }
        }
    }

    private void takeTurns(Connection one, Connection other) throws SQLException {
        var inside = one;
        var next = other;
        if (!hasBegun(inside)) {
            return;
        }
        while (!stopping) {
            LockSupport.parkNanos(LINGER_NANOS);
            var coming = next;
            var begun = CompletableFuture.supplyAsync(() -> hasBegun(coming), BESIDE);
            // Where that is held, the end of this one is what the gate waits for.
            begun.copy().completeOnTimeout(true, HELD_MILLIS, TimeUnit.MILLISECONDS).join();
            inside.commit();
            if (!begun.join()) {
                return;
            }
            next = inside;
            inside = coming;
        }
    }

    private static boolean hasBegun(Connection connection) {
        try (var statement = connection.createStatement()) {
            statement.execute("select 1");
            return true;
        } catch (SQLException _) {
            return false;
        }
    }

    @Override
    public void close() {
        stopping = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while it ends", e);
        }
    }
}
