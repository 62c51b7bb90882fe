package dev.pointsman.cli.cutover.load;

import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// A client on a thread of its own that goes round and round until it is stopped. It writes rows of
/// a number of its own, and remembers which were acknowledged. A transaction that was given up for
/// a cutover (40001) is run again.
abstract class Client {
    static final String INSERT = "insert into entry (writer, number) values (?, ?)";

    private final int writer;
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final AtomicInteger givenUp = new AtomicInteger();
    private final Thread thread;
    private volatile String error = "";
    private volatile boolean stopping;

    Client(int writer) {
        this.writer = writer;
        thread = Thread.ofVirtual().name("client-" + writer).unstarted(this::goRound);
    }

    Client begin() {
        thread.start();
        return this;
    }

    /// One round: writes the row `number`, and says whether that was acknowledged.
    abstract boolean write(int number) throws SQLException;

    /// The round's transaction was given up: makes ready for the next try.
    void takeBack() throws SQLException {}

    private void goRound() {
        try {
            for (int number = 1; !stopping; ) {
                if (writeOrTakeBack(number)) {
                    acknowledged.set(number++);
                }
                LockSupport.parkNanos(5_000_000);
            }
        } catch (SQLException e) {
            error = "client " + writer + ": " + e.getSQLState() + " " + e.getMessage();
        }
    }

    private boolean writeOrTakeBack(int number) throws SQLException {
        try {
            return write(number);
        } catch (SQLException e) {
            if (!"40001".equals(e.getSQLState())) {
                throw e;
            }
            givenUp.incrementAndGet();
            takeBack();
            return false;
        }
    }

    /// How many of its transactions were given up.
    int givenUp() {
        return givenUp.get();
    }

    int writer() {
        return writer;
    }

    int acknowledged() {
        return acknowledged.get();
    }

    /// What ended it before it was stopped; empty for nothing.
    String error() {
        return error;
    }

    /// Waits for the end of its round.
    void stop() throws InterruptedException {
        stopping = true;
        thread.join();
    }
}
