package dev.pointsman.core.migration.setup;

import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.schema.UserTables;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Brings the target's sequences to where the source's stand, exactly: the value and whether it was
/// given out already. Replication does not carry them.
///
/// `pg_sequences` would not do: it hides the value of a sequence that was set but not yet called.
public final class SequenceCopy {
    private static final String NAMES =
            """
            SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c
              JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND OBJECTS ORDER BY 1\
            """
                    .replace("OBJECTS", UserTables.OBJECTS);

    private record Position(long value, boolean called) {}

    private SequenceCopy() {}

    /// The sequences of users, qualified and quoted, in order; neither temporary ones nor those of
    /// extensions.
    public static List<String> names(Connection connection) throws SQLException {
        return Sql.texts(connection, NAMES);
    }

    /// Those of the source that the target lacks.
    public static List<String> missing(List<String> source, List<String> target) {
        var there = target.stream().map(UserTables::plain).collect(Collectors.toSet());
        return source.stream().filter(name -> !there.contains(UserTables.plain(name))).toList();
    }

    /// Copies every sequence that stands elsewhere. Returns the names that the target lacks.
    public static List<String> copy(Connection source, Connection target) throws SQLException {
        var wanted = positions(source, names(source));
        var missing = missing(List.copyOf(wanted.keySet()), names(target));
        wanted.keySet().removeAll(missing);
        var found = positions(target, List.copyOf(wanted.keySet()));
        for (var entry : wanted.entrySet()) {
            if (!entry.getValue().equals(found.get(entry.getKey()))) {
                Sql.run(
                        target,
                        "SELECT setval(?::regclass, ?, ?)",
                        entry.getKey(),
                        entry.getValue().value(),
                        entry.getValue().called());
            }
        }
        return missing;
    }

    private static Map<String, Position> positions(Connection connection, List<String> names)
            throws SQLException {
        var positions = new LinkedHashMap<String, Position>();
        for (var name : names) {
            positions.put(
                    name,
                    Sql.one(
                            connection,
                            "SELECT last_value, is_called FROM " + name,
                            row -> new Position(row.getLong(1), row.getBoolean(2))));
        }
        return positions;
    }
}
