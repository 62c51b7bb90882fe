package dev.pointsman.core.cutover.settle;

import dev.pointsman.core.cluster.Clusters;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.ReplicationNames;
import dev.pointsman.core.migration.passage.Crossing;
import dev.pointsman.core.migration.run.MigrationRow;

import java.sql.SQLException;
import java.util.Optional;

/// Finds the migration that a database is in, from its own row in a server.
public final class Crossings {
    private final Clusters clusters;

    public Crossings(Clusters clusters) {
        this.clusters = clusters;
    }

    /// The crossing from `source` that the migration's row on that server allows; empty without an
    /// open migration.
    public Optional<Crossing> from(String database, String source) throws SQLException {
        return open(database, source).map(row -> crossing(database, source, row));
    }

    /// Whether that migration was begun with a way back.
    public boolean leadsBack(String database, String source) throws SQLException {
        return open(database, source).filter(MigrationRow::back).isPresent();
    }

    private Optional<MigrationRow> open(String database, String source) throws SQLException {
        return clusters.of(database, source)
                .call(MigrationRow::read)
                .filter(MigrationRow::isOpen)
                .filter(row -> source.equals(row.source()) || source.equals(row.target()))
                .filter(row -> configured(database, row));
    }

    private boolean configured(String database, MigrationRow row) {
        var settings = clusters.databases().get(database);
        return settings != null
                && settings.servers().containsKey(row.source())
                && settings.servers().containsKey(row.target());
    }

    private Crossing crossing(String database, String source, MigrationRow row) {
        var forward =
                new Crossing(
                        database,
                        new ReplicationNames(database, row.number()),
                        Direction.FORWARD,
                        clusters.of(database, row.source()),
                        clusters.of(database, row.target()));
        return source.equals(row.source()) ? forward : forward.reversed();
    }
}
