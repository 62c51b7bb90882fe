package dev.pointsman.core.migration.preflight;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.ServerFacts;

import java.util.List;

/// What is looked at: both servers and what they said about themselves.
record Subject(
        String instance,
        Cluster source,
        Cluster target,
        ServerFacts sourceFacts,
        ServerFacts targetFacts) {

    /// Whether both are one database of one server.
    boolean isSameDatabase() {
        return isSameServer() && sourceFacts.databaseOid() == targetFacts.databaseOid();
    }

    boolean isSameServer() {
        return sourceFacts.systemIdentifier() == targetFacts.systemIdentifier();
    }

    ServerFacts facts(Cluster cluster) {
        return cluster == source ? sourceFacts : targetFacts;
    }

    /// Both servers, the source first.
    List<Cluster> both() {
        return List.of(source, target);
    }
}
