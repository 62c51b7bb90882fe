package dev.pointsman.core.migration.preflight;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.migration.Check.Blocks;

import java.sql.SQLException;

/// One thing to look at, under the id of the rows it makes, and what these may stand in the way of.
record Looking(String id, Where where, Blocks blocks, Look look) {
    /// The server that a row names when looking itself failed.
    enum Where {
        SOURCE,
        TARGET
    }

    @FunctionalInterface
    interface Look {
        void at(Subject subject, Findings rows) throws SQLException;
    }

    static Looking source(String id, Look look) {
        return new Looking(id, Where.SOURCE, Blocks.MIGRATE, look);
    }

    static Looking target(String id, Look look) {
        return new Looking(id, Where.TARGET, Blocks.MIGRATE, look);
    }

    /// The same, but looked at before each cutover too, which is what it may stand in the way of.
    Looking ofCutover() {
        return new Looking(id, where, Blocks.CUTOVER, look);
    }

    Cluster on(Subject subject) {
        return switch (where) {
            case SOURCE -> subject.source();
            case TARGET -> subject.target();
        };
    }
}
