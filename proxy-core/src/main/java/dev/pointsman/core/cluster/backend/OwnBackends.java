package dev.pointsman.core.cluster.backend;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;

/// The server processes behind the control sessions to one server that this process holds open.
/// Thread-safe.
public final class OwnBackends {
    private final Set<Connection> open = new HashSet<>();

    /// Keeps it in mind until it is closed; returns it.
    public synchronized Connection keep(Connection opened) throws SQLException {
        forgetClosed();
        open.add(opened);
        return opened;
    }

    /// Their numbers.
    public synchronized Set<Integer> pids() throws SQLException {
        forgetClosed();
        var pids = new HashSet<Integer>();
        for (var one : open) {
            pids.add(pid(one));
        }
        return pids;
    }

    /// By name: what the driver's own types are annotated with is not on our class path.
    private static int pid(Connection connection) throws SQLException {
        try {
            return (Integer) connection.getClass().getMethod("getBackendPID").invoke(connection);
        } catch (ReflectiveOperationException e) {
            throw new SQLException("the driver does not tell the server's process", e);
        }
    }

    private void forgetClosed() throws SQLException {
        for (var each = open.iterator(); each.hasNext(); ) {
            if (each.next().isClosed()) {
                each.remove();
            }
        }
    }
}
