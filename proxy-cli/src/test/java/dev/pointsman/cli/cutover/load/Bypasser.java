package dev.pointsman.cli.cutover.load;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.real.RealServer;

import java.sql.SQLException;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Writes to one server past the proxy as often as it is let in.
final class Bypasser extends Client {
    private final RealServer server;
    private final String database;
    private final Queue<Integer> written = new ConcurrentLinkedQueue<>();
    private final AtomicInteger refused = new AtomicInteger();
    private int next;

    Bypasser(int writer, RealServer server, String database) {
        super(writer);
        this.server = server;
        this.database = database;
    }

    /// The numbers of the rows that the server has acknowledged.
    Set<Integer> written() {
        return new TreeSet<>(written);
    }

    /// How often it was kept out or ended.
    int refused() {
        return refused.get();
    }

    @Override
    boolean write(int number) {
        try (var connection = server.connect(database, CrossingLab.USER, "secret");
                var insert = connection.prepareStatement(INSERT)) {
            for (int i = 0; i < 3; i++) {
                next++;
                insert.setInt(1, writer());
                insert.setInt(2, next);
                insert.execute();
                written.add(next);
            }
        } catch (SQLException _) {
            refused.incrementAndGet();
        }
        return false;
    }
}
