package dev.pointsman.core.migration.preflight;

import dev.pointsman.core.cluster.Cluster;

import java.sql.SQLException;

/// One thing to look at, under the id of the rows it makes.
record Looking(String id, Where where, Look look) {
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
        return new Looking(id, Where.SOURCE, look);
    }

    static Looking target(String id, Look look) {
        return new Looking(id, Where.TARGET, look);
    }

    Cluster on(Subject subject) {
        return switch (where) {
            case SOURCE -> subject.source();
            case TARGET -> subject.target();
        };
    }
}
