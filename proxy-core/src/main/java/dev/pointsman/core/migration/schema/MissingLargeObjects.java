package dev.pointsman.core.migration.schema;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// The large objects of one server that another lacks, by their numbers: no publication carries
/// them, and rows that name them arrive all the same.
public final class MissingLargeObjects {
    private static final int SHOWN = 8;
    private static final int AT_ONCE = 256;

    /// What each thousand of neighbours sums up to: numbers come from a counter, so that a million
    /// objects make a thousand rows. A sum that differs for no reason costs time only.
    private static final String NEIGHBOURS =
            """
            SELECT oid::int8 >> 10, count(*) || ' ' || sum(hashint8extended(oid::int8, 0))
              FROM pg_largeobject_metadata GROUP BY 1 ORDER BY 1\
            """;

    private static final String EACH =
            "SELECT oid::int8 FROM pg_largeobject_metadata WHERE oid::int8 >> 10 = ANY (?::int8[])";

    private MissingLargeObjects() {}

    /// The first of them, in order.
    public static List<Long> between(Cluster source, Cluster target) throws SQLException {
        var wanted = neighbours(source);
        if (wanted.isEmpty()) {
            return List.of();
        }
        var there = neighbours(target);
        var differing = new ArrayList<Long>();
        wanted.forEach(
                (where, sum) -> {
                    if (!sum.equals(there.get(where))) {
                        differing.add(where);
                    }
                });
        var missing = new TreeSet<Long>();
        for (int i = 0; i < differing.size() && missing.size() < SHOWN; i += AT_ONCE) {
            var some = differing.subList(i, Math.min(differing.size(), i + AT_ONCE));
            var found = new HashSet<>(each(target, some));
            each(source, some).stream()
                    .filter(number -> !found.contains(number))
                    .forEach(missing::add);
        }
        return missing.stream().limit(SHOWN).toList();
    }

    private static Map<Long, String> neighbours(Cluster on) throws SQLException {
        return on.call(
                connection ->
                        Sql.map(
                                connection,
                                NEIGHBOURS,
                                row -> row.getLong(1),
                                row -> row.getString(2)));
    }

    private static List<Long> each(Cluster on, Collection<Long> neighbours) throws SQLException {
        Object numbers = neighbours.toArray(Long[]::new);
        return on.call(connection -> Sql.list(connection, EACH, row -> row.getLong(1), numbers));
    }
}
