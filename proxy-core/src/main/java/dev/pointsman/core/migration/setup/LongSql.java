package dev.pointsman.core.migration.setup;

import dev.pointsman.core.cluster.Cluster;

import java.sql.Connection;
import java.sql.SQLException;

/// Runs statements that may wait for long on a connection of their own, so that they can be shown
/// and given up.
@FunctionalInterface
public interface LongSql {
    /// Runs `work` on a fresh connection to `cluster`.
    ///
    /// @param what is made, for people
    void run(Cluster cluster, String what, Work work) throws SQLException;

    /// What is run.
    @FunctionalInterface
    interface Work {
        void on(Connection connection) throws SQLException;
    }
}
