package dev.pointsman.core.migration.preflight;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.ServerFacts;
import dev.pointsman.core.migration.schema.SchemaCopy;
import dev.pointsman.core.migration.schema.SchemaDifference;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// What is looked at: both servers, what they said about themselves, and whether and how their
/// tables differ, which is asked once.
final class Subject {
    private final String instance;
    private final Cluster source;
    private final Cluster target;
    private final ServerFacts sourceFacts;
    private final ServerFacts targetFacts;
    private Optional<Boolean> takesSchema = Optional.empty();
    private Optional<SchemaDifference> difference = Optional.empty();

    Subject(
            String instance,
            Cluster source,
            Cluster target,
            ServerFacts sourceFacts,
            ServerFacts targetFacts) {
        this.instance = instance;
        this.source = source;
        this.target = target;
        this.sourceFacts = sourceFacts;
        this.targetFacts = targetFacts;
    }

    String instance() {
        return instance;
    }

    Cluster source() {
        return source;
    }

    Cluster target() {
        return target;
    }

    ServerFacts sourceFacts() {
        return sourceFacts;
    }

    ServerFacts targetFacts() {
        return targetFacts;
    }

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

    /// Whether the target has no tables, and is given the source's.
    boolean takesSchema() throws SQLException {
        if (takesSchema.isEmpty()) {
            takesSchema = Optional.of(target.call(SchemaCopy::isNeeded));
        }
        return takesSchema.get();
    }

    /// Of the tables' columns; none while the target has no tables, and is given the source's.
    Optional<SchemaDifference> difference() throws SQLException {
        if (difference.isEmpty() && !takesSchema()) {
            difference = Optional.of(SchemaDifference.between(source, target));
        }
        return difference;
    }
}
