package dev.pointsman.cli.cutover;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/// Clients that write one numbered row after the other, each into a table with a key and one
/// without, and remember what was acknowledged to each.
public final class Writers implements AutoCloseable {
    private static final String INSERT =
            "with n as (insert into note (writer, number) values (?, ?))"
                    + " insert into entry (writer, number) values (?, ?)";

    /// Opens a client's connection.
    public interface Connector {
        Connection connect() throws SQLException;
    }

    /// One write, by who wrote it and its number.
    public record Write(int writer, int number) {}

    private final Connector connector;
    private final boolean undaunted;
    private final Set<Write> done = ConcurrentHashMap.newKeySet();
    private final Set<Write> doubtful = ConcurrentHashMap.newKeySet();
    private final Queue<String> errors = new ConcurrentLinkedQueue<>();
    private final Slowest slowest;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopping;

    /// Writers that end at their first error.
    public Writers(int count, Connector connector) {
        this(count, connector, new Slowest());
    }

    /// Tells `slowest` of every statement.
    public Writers(int count, Connector connector, Slowest slowest) {
        this(count, connector, slowest, false);
    }

    private Writers(int count, Connector connector, Slowest slowest, boolean undaunted) {
        this.slowest = slowest;
        this.connector = connector;
        this.undaunted = undaunted;
        for (int i = 0; i < count; i++) {
            var writer = i;
            threads.add(Thread.ofPlatform().daemon().start(() -> write(writer)));
        }
    }

    /// Writers that connect again after an error and go on with the next number. What became of the
    /// write that failed, they do not know.
    public static Writers undaunted(int count, Connector connector) {
        return new Writers(count, connector, new Slowest(), true);
    }

    private void write(int writer) {
        int number = 1;
        do {
            number = writeOn(writer, number);
            LockSupport.parkNanos(20_000_000);
        } while (undaunted && !stopping);
    }

    /// Until it is to stop or an error; says the number that comes next.
    private int writeOn(int writer, int first) {
        int number = first;
        try (var connection = connector.connect()) {
            connection.setAutoCommit(writer % 2 == 0);
            try (var insert = connection.prepareStatement(INSERT)) {
                while (!stopping) {
                    insert.setInt(1, writer);
                    insert.setInt(2, number);
                    insert.setInt(3, writer);
                    insert.setInt(4, number);
                    doubtful.add(new Write(writer, number++));
                    var began = System.nanoTime();
                    insert.execute();
                    slowest.answered(began);
                    if (!connection.getAutoCommit()) {
                        began = System.nanoTime();
                        connection.commit();
                        slowest.answered(began);
                    }
                    done.add(new Write(writer, number - 1));
                    doubtful.remove(new Write(writer, number - 1));
                    LockSupport.parkNanos(3_000_000);
                }
            }
        } catch (SQLException e) {
            errors.add("writer " + writer + ": " + e.getMessage());
        }
        return number;
    }

    public List<String> errors() {
        return List.copyOf(errors);
    }

    /// How many writes were acknowledged, all writers together.
    public int acknowledged() {
        return done.size();
    }

    /// All writes that were acknowledged so far.
    Set<Write> allAcknowledged() {
        return new HashSet<>(done);
    }

    boolean isSent(Write write) {
        return done.contains(write) || doubtful.contains(write);
    }

    /// Writes that were sent and neither acknowledged nor given up; those of undaunted writers that
    /// failed, too.
    public int doubtful() {
        return doubtful.size();
    }

    public int count() {
        return threads.size();
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
