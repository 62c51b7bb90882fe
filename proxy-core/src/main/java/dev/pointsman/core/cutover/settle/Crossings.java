package dev.pointsman.core.cutover.settle;

import dev.pointsman.core.cluster.Clusters;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.ReplicationNames;
import dev.pointsman.core.migration.passage.Crossing;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// Finds the migration that a database is in, from its own row in a server.
public final class Crossings {
    private final Clusters clusters;

    public Crossings(Clusters clusters) {
        this.clusters = clusters;
    }

    private record Row(String source, String target, int number, String state) {}

    /// The crossing from `source` that the migration's row on that server allows; empty without an
    /// open migration.
    public Optional<Crossing> from(String database, String source) throws SQLException {
        return clusters.of(database, source).call(Crossings::rows).stream()
                .filter(row -> !row.state().equals("completed") && !row.state().equals("none"))
                .filter(row -> source.equals(row.source()) || source.equals(row.target()))
                .filter(row -> configured(database, row))
                .findFirst()
                .map(row -> crossing(database, source, row));
    }

    private boolean configured(String database, Row row) {
        var settings = clusters.databases().get(database);
        return settings != null
                && settings.servers().containsKey(row.source())
                && settings.servers().containsKey(row.target());
    }

    private Crossing crossing(String database, String source, Row row) {
        var forward =
                new Crossing(
                        database,
                        new ReplicationNames(database, row.number()),
                        Direction.FORWARD,
                        clusters.of(database, row.source()),
                        clusters.of(database, row.target()));
        return source.equals(row.source()) ? forward : forward.reversed();
    }

    private static List<Row> rows(Connection on) throws SQLException {
        if (!Sql.is(on, "SELECT to_regclass('pointsman.migration') IS NOT NULL")) {
            return List.of();
        }
        return Sql.list(
                on,
                "SELECT source, target, number, state FROM pointsman.migration WHERE id = 1",
                row ->
                        new Row(
                                row.getString(1),
                                row.getString(2),
                                row.getInt(3),
                                row.getString(4)));
    }
}
