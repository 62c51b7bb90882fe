package dev.pointsman.core.migration.schema;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.migration.schema.SchemaPicture.Relation;

import java.sql.SQLException;
import java.util.List;

/// How the schema of one server falls short of another's: by names, and by what is the same on
/// every major. What the target has besides is in nobody's way.
///
/// @param tables how many were compared
/// @param missing tables and columns that the target lacks: what is written there goes nowhere
/// @param other tables whose columns differ in another way
/// @param unlike what else clients would miss, or what would let rows in or hide them there only
/// @param looser constraints, defaults and extensions that the target lacks
public record SchemaDifference(
        int tables,
        List<String> missing,
        List<String> other,
        List<String> unlike,
        List<String> looser) {
    public SchemaDifference {
        missing = List.copyOf(missing);
        other = List.copyOf(other);
        unlike = List.copyOf(unlike);
        looser = List.copyOf(looser);
    }

    /// Asks both.
    public static SchemaDifference between(Cluster source, Cluster target) throws SQLException {
        var wanted = SchemaPicture.of(source);
        var there = SchemaPicture.of(target);
        var found = new SchemaComparison();
        wanted.relations()
                .forEach((name, one) -> found.relation(name, one, there.relations().get(name)));
        wanted.named().forEach((name, labels) -> found.named(name, labels, there.named()));
        var tables = wanted.relations().values().stream().filter(Relation::isTable).count();
        return found.difference((int) tables);
    }
}
