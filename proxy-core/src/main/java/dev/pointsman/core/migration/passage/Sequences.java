package dev.pointsman.core.migration.passage;

import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.schema.UserTables;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// The sequences of both servers, paired by name, with what the target had when it was last read.
///
/// One that was never called has no last value in the catalog: it is copied whole before the pause,
/// and must start where it did then. `setval(…, false)` and `ALTER SEQUENCE … RESTART` change that
/// without a call.
final class Sequences {
    private static final String NAMES =
            """
            SELECT format('%I.%I', n.nspname, c.relname), c.oid::int8,
                   pg_sequence_last_value(c.oid::regclass), s.seqincrement,
                   s.seqmin, s.seqmax, s.seqcycle
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              JOIN pg_sequence s ON s.seqrelid = c.oid
             WHERE c.relkind = 'S' AND c.relpersistence = 'p' AND OBJECTS ORDER BY 1\
            """
                    .replace("OBJECTS", UserTables.OBJECTS);

    private record Entry(String name, long oid, @Nullable Long last, Steps steps) {
        String key() {
            return UserTables.plain(name);
        }
    }

    /// How a sequence goes on.
    record Steps(long increment, long min, long max, boolean cycles) {
        /// That many steps on; empty where it would be exhausted, or begin anew.
        OptionalLong ahead(long last, long margin) {
            if (cycles) {
                return OptionalLong.empty();
            }
            try {
                long ahead = Math.addExact(last, Math.multiplyExact(margin, increment));
                return ahead < min || ahead > max ? OptionalLong.empty() : OptionalLong.of(ahead);
            } catch (ArithmeticException _) {
                return OptionalLong.empty(); // no value of a sequence is beyond a long's
            }
        }
    }

    private record State(long last, boolean called) {}

    /// One that had not been called on the source, and where it would start.
    private record Uncalled(String name, long start) {}

    /// What the mark has read: last values in the order of [#sourceOids], starts in that of
    /// [#uncalled].
    record Values(List<@Nullable Long> last, List<@Nullable Long> starts) {
        static final Values NONE = new Values(List.of(), List.of());
    }

    /// Oids on the target and the values to set there, of equal length.
    record Settings(List<Long> oids, List<Long> values) {
        static final Settings NONE = new Settings(List.of(), List.of());
    }

    private final List<Entry> source;
    private final List<Entry> target;
    private final List<Uncalled> uncalled;
    private final long margin;

    private Sequences(
            List<Entry> source, List<Entry> target, List<Uncalled> uncalled, long margin) {
        this.source = source;
        this.target = target;
        this.uncalled = uncalled;
        this.margin = margin;
    }

    /// Reads both sides; changes nothing.
    static Sequences read(Connection source, Connection target, long margin) throws SQLException {
        var from = read(source);
        var byName = byName(read(target));
        var paired = from.stream().filter(entry -> byName.containsKey(entry.key())).toList();
        var uncalled = new ArrayList<Uncalled>();
        for (var entry : paired) {
            if (entry.last() == null) {
                var state = state(source, entry.name());
                if (!state.called()) {
                    uncalled.add(new Uncalled(entry.name(), state.last()));
                }
            }
        }
        return new Sequences(
                paired,
                paired.stream().map(entry -> byName.get(entry.key())).toList(),
                List.copyOf(uncalled),
                margin);
    }

    /// Copies exactly those that were never called on the source. With a margin the target is set
    /// that many steps ahead now, so that the pause finds nothing to do.
    Sequences copied(Connection target) throws SQLException {
        for (var entry : uncalled) {
            var wanted = new State(entry.start(), false);
            if (!wanted.equals(state(target, entry.name()))) {
                Sql.list(
                        target,
                        "SELECT setval(?::regclass, ?, false)",
                        row -> row.getLong(1),
                        entry.name(),
                        entry.start());
            }
        }
        return margin == 0 ? readAgain(target) : readAgain(target).setAhead(target);
    }

    /// With what the target has now, our own settings included.
    private Sequences readAgain(Connection onTarget) throws SQLException {
        var byName = byName(read(onTarget));
        return new Sequences(
                source,
                source.stream().map(entry -> byName.get(entry.key())).toList(),
                uncalled,
                margin);
    }

    private static List<Entry> read(Connection connection) throws SQLException {
        return Sql.list(
                connection,
                NAMES,
                row -> {
                    var last = row.getLong(3);
                    var isNull = row.wasNull();
                    var steps =
                            new Steps(
                                    row.getLong(4),
                                    row.getLong(5),
                                    row.getLong(6),
                                    row.getBoolean(7));
                    return new Entry(row.getString(1), row.getLong(2), isNull ? null : last, steps);
                });
    }

    private static Map<String, Entry> byName(List<Entry> entries) {
        var map = new HashMap<String, Entry>();
        entries.forEach(entry -> map.put(entry.key(), entry));
        return map;
    }

    private static State state(Connection connection, String name) throws SQLException {
        return Sql.one(
                connection,
                "SELECT last_value, is_called FROM " + name,
                row -> new State(row.getLong(1), row.getBoolean(2)));
    }

    /// One with too few values left for the margin is set in the pause, like all without a margin.
    private Sequences setAhead(Connection onTarget) throws SQLException {
        for (int i = 0; i < source.size(); i++) {
            var last = source.get(i).last();
            if (last == null || !isDue(target.get(i).last(), last, source.get(i).steps())) {
                continue;
            }
            var ahead = source.get(i).steps().ahead(last, margin);
            if (ahead.isPresent()) {
                Sql.list(
                        onTarget,
                        "SELECT setval(?::oid::regclass, ?)",
                        row -> row.getLong(1),
                        target.get(i).oid(),
                        ahead.getAsLong());
            }
        }
        return readAgain(onTarget);
    }

    /// What the target has may be ahead where a margin was wanted, unless the sequence cycles: then
    /// nothing is ahead of anything.
    private boolean isDue(@Nullable Long there, long here, Steps steps) {
        if (there == null || margin == 0 || steps.cycles()) {
            return there == null || there != here;
        }
        return steps.increment() > 0 ? there < here : there > here;
    }

    /// In the order in which [#settings] wants their last values.
    Long[] sourceOids() {
        return source.stream().map(Entry::oid).toArray(Long[]::new);
    }

    /// Names for SQL, in the order in which [#settings] wants their starts.
    List<String> uncalled() {
        return uncalled.stream().map(Uncalled::name).toList();
    }

    /// What has to be set on the target, given what the mark has read.
    Settings settings(Values read) throws Difference {
        for (int i = 0; i < uncalled.size(); i++) {
            var start = read.starts().get(i);
            if (start != null && start != uncalled.get(i).start()) {
                throw reset(uncalled.get(i).name());
            }
        }
        var oids = new ArrayList<Long>();
        var values = new ArrayList<Long>();
        for (int i = 0; i < source.size(); i++) {
            var last = read.last().get(i);
            var entry = source.get(i);
            var there = target.get(i).last();
            if (last == null && entry.last() != null) {
                throw reset(entry.name());
            }
            if (last == null) {
                continue;
            }
            if (isDue(there, last, entry.steps())) {
                oids.add(target.get(i).oid());
                values.add(last);
            }
        }
        return new Settings(oids, values);
    }

    private static Difference reset(String name) {
        return new Difference(
                Difference.Kind.SEQUENCES, Difference.Kind.SEQUENCES.words() + ": " + name);
    }
}
