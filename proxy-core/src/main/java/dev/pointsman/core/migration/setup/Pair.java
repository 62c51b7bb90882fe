package dev.pointsman.core.migration.setup;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.ReplicationNames;

/// The two servers of one migration. Source and target are the migration's original ones, whoever
/// serves now.
public record Pair(Cluster source, Cluster target, ReplicationNames names) {

    /// Where changes come from.
    public Cluster from(Direction direction) {
        return switch (direction) {
            case FORWARD -> source;
            case BACK -> target;
        };
    }

    /// Where changes go to.
    public Cluster to(Direction direction) {
        return from(direction.opposite());
    }

    /// The way changes flow while `server` serves.
    public Direction serving(String server) {
        return server.equals(target.name()) ? Direction.BACK : Direction.FORWARD;
    }
}
