package dev.pointsman.core.migration.preflight;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.ServerFacts;

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
    java.util.List<Cluster> both() {
        return java.util.List.of(source, target);
    }
}
