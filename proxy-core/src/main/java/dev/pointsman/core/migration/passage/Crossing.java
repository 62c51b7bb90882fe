package dev.pointsman.core.migration.passage;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.ReplicationNames;
import dev.pointsman.core.migration.setup.Pair;

/// From which server to which, in which direction of the migration, and what the replication
/// objects are called.
public record Crossing(
        String database,
        ReplicationNames names,
        Direction direction,
        Cluster source,
        Cluster target) {

    /// On the target.
    public String subscription() {
        return names.subscription(direction);
    }

    /// On the source.
    public String publication() {
        return names.publication(direction);
    }

    /// On the source.
    public String slot() {
        return names.slot(direction);
    }

    /// On the source, for stray writes once it is left.
    public String canary() {
        return names.canary(direction);
    }

    public String markerTable() {
        return direction.markerTable();
    }

    /// The servers as the migration began.
    Pair pair() {
        return switch (direction) {
            case FORWARD -> new Pair(source, target, names);
            case BACK -> new Pair(target, source, names);
        };
    }

    /// The same migration the other way.
    public Crossing reversed() {
        return new Crossing(database, names, direction.opposite(), target, source);
    }
}
