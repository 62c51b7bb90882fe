package dev.pointsman.core.migration;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import java.sql.SQLException;

/// Work on servers whose failures are told to whoever gave the command.
final class Guarded {
    private Guarded() {}

    @FunctionalInterface
    interface Asking<T> {
        T run() throws SQLException;
    }

    static <T> T asking(Cluster cluster, Asking<T> work) throws Refused {
        try {
            return work.run();
        } catch (SQLException e) {
            throw cluster.refusal(e);
        }
    }

    @FunctionalInterface
    interface Waiting<T> {
        T run() throws InterruptedException;
    }

    static <T> T waiting(Waiting<T> work) throws Refused {
        try {
            return work.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refused(SqlState.QUERY_CANCELED, "interrupted; ABORT again goes on", "");
        }
    }
}
