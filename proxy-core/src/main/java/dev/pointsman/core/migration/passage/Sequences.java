package dev.pointsman.core.migration.passage;

import dev.pointsman.core.cluster.Sql;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The sequences of both servers, paired by name, with what the target had when it was last read.
///
/// One that was never called has no last value in the catalog: it is copied whole before the pause,
/// and since nothing changes it without its first call, it needs nothing in the pause.
final class Sequences {
    private static final String NAMES =
            """
            SELECT format('%I.%I', n.nspname, c.relname), c.oid::int8,
                   pg_sequence_last_value(c.oid::regclass), s.seqincrement
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              JOIN pg_sequence s ON s.seqrelid = c.oid
             WHERE c.relkind = 'S' AND c.relpersistence = 'p'
               AND n.nspname NOT IN ('pointsman', 'information_schema')
               AND NOT starts_with(n.nspname::text, 'pg_')
               AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                                  AND d.objid = c.oid AND d.deptype = 'e')
             ORDER BY 1\
            """;

    private record Entry(String name, long oid, @Nullable Long last, long increment) {}

    private record State(long last, boolean called) {}

    /// Oids on the target and the values to set there, of equal length.
    record Settings(List<Long> oids, List<Long> values) {
        static final Settings NONE = new Settings(List.of(), List.of());
    }

    private final List<Entry> source;
    private final List<Entry> target;
    private final long margin;

    private Sequences(List<Entry> source, List<Entry> target, long margin) {
        this.source = source;
        this.target = target;
        this.margin = margin;
    }

    /// Names of sequences that the target lacks.
    static List<String> missing(Connection source, Connection target) throws SQLException {
        var there = read(target).stream().map(Entry::name).collect(Collectors.toSet());
        return read(source).stream()
                .map(Entry::name)
                .filter(name -> !there.contains(name))
                .toList();
    }

    /// Reads both sides; copies exactly those that were never called on the source. With a `margin`
    /// the target is set that many steps ahead now, so that the pause finds nothing to do.
    static Sequences prepare(Connection source, Connection target, long margin)
            throws SQLException {
        var from = read(source);
        copyUncalled(from, source, target);
        var byName = byName(read(target));
        var paired = from.stream().filter(entry -> byName.containsKey(entry.name())).toList();
        var sequences =
                new Sequences(
                        paired,
                        paired.stream().map(entry -> byName.get(entry.name())).toList(),
                        margin);
        return margin == 0 ? sequences : sequences.setAhead(target);
    }

    private static List<Entry> read(Connection connection) throws SQLException {
        return Sql.list(
                connection,
                NAMES,
                row -> {
                    var last = row.getLong(3);
                    var isNull = row.wasNull();
                    return new Entry(
                            row.getString(1), row.getLong(2), isNull ? null : last, row.getLong(4));
                });
    }

    private static Map<String, Entry> byName(List<Entry> entries) {
        var map = new HashMap<String, Entry>();
        entries.forEach(entry -> map.put(entry.name(), entry));
        return map;
    }

    private static void copyUncalled(List<Entry> from, Connection source, Connection target)
            throws SQLException {
        var there = byName(read(target));
        for (var entry : from) {
            if (entry.last() == null && there.containsKey(entry.name())) {
                var wanted = state(source, entry.name());
                if (!wanted.equals(state(target, entry.name()))) {
                    Sql.list(
                            target,
                            "SELECT setval(?::regclass, ?, ?)",
                            row -> row.getLong(1),
                            entry.name(),
                            wanted.last(),
                            wanted.called());
                }
            }
        }
    }

    private static State state(Connection connection, String name) throws SQLException {
        return Sql.one(
                connection,
                "SELECT last_value, is_called FROM " + name,
                row -> new State(row.getLong(1), row.getBoolean(2)));
    }

    private Sequences setAhead(Connection onTarget) throws SQLException {
        for (int i = 0; i < source.size(); i++) {
            var last = source.get(i).last();
            if (last != null && isBehind(target.get(i).last(), last, source.get(i).increment())) {
                var ahead = last + margin * source.get(i).increment();
                Sql.list(
                        onTarget,
                        "SELECT setval(?::oid::regclass, least(greatest(?, seqmin), seqmax))"
                                + " FROM pg_sequence WHERE seqrelid = ?::oid",
                        row -> row.getLong(1),
                        target.get(i).oid(),
                        ahead,
                        target.get(i).oid());
            }
        }
        var byName = byName(read(onTarget));
        return new Sequences(
                source, source.stream().map(entry -> byName.get(entry.name())).toList(), margin);
    }

    private static boolean isBehind(@Nullable Long there, long here, long increment) {
        return there == null || (increment > 0 ? there < here : there > here);
    }

    /// In the order in which [#settings] wants their last values.
    Long[] sourceOids() {
        return source.stream().map(Entry::oid).toArray(Long[]::new);
    }

    /// What has to be set on the target, given the source's last values in the pause.
    Settings settings(List<@Nullable Long> lastValues) throws Difference {
        var oids = new ArrayList<Long>();
        var values = new ArrayList<Long>();
        for (int i = 0; i < source.size(); i++) {
            var last = lastValues.get(i);
            var entry = source.get(i);
            var there = target.get(i).last();
            if (last == null && entry.last() != null) {
                throw new Difference(Difference.Kind.SEQUENCES, entry.name() + " was reset");
            }
            if (last == null) {
                continue;
            }
            var due = margin == 0 ? !last.equals(there) : isBehind(there, last, entry.increment());
            if (due) {
                oids.add(target.get(i).oid());
                values.add(last);
            }
        }
        return new Settings(oids, values);
    }
}
