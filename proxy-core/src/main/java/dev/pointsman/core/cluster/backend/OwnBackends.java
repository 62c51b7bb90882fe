package dev.pointsman.core.cluster.backend;

import dev.pointsman.core.cluster.Sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// The server processes behind the control sessions to one server that this process holds open.
/// Thread-safe.
public final class OwnBackends {
    private final Map<Connection, Integer> open = new HashMap<>();

    /// Asks for its process's number, and keeps that in mind until the connection is closed;
    /// returns the connection. One that does not answer is closed.
    public Connection keep(Connection opened) throws SQLException {
        try {
            keep(opened, Sql.one(opened, "SELECT pg_backend_pid()", row -> row.getInt(1)));
            return opened;
        } catch (SQLException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private synchronized void keep(Connection opened, int pid) throws SQLException {
        forgetClosed();
        open.put(opened, pid);
    }

    /// Their numbers.
    public synchronized Set<Integer> pids() throws SQLException {
        forgetClosed();
        return Set.copyOf(open.values());
    }

    /// The number behind one that is kept here and open.
    public synchronized int pid(Connection connection) {
        return Objects.requireNonNull(open.get(connection), "not a connection of ours");
    }

    private void forgetClosed() throws SQLException {
        for (var each = open.keySet().iterator(); each.hasNext(); ) {
            if (each.next().isClosed()) {
                each.remove();
            }
        }
    }
}
