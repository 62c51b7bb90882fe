package dev.pointsman.core.migration.defaults;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.defaults.StoredSettings.Stored;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// Which settings new sessions of roles get in our database on one server and not on another, by
/// what is stored for the role in the database, the role, the database and everybody. Only of roles
/// that are on both. Values are compared as they are stored.
public final class SettingsDifference {
    /// The name of anybody who has no settings of his own.
    public static final String ANYBODY = "";

    /// Those of the names that a server does not know.
    private static final String UNKNOWN =
            """
            SELECT n FROM unnest(?::text[]) n
             WHERE n <> 'role' AND NOT EXISTS (SELECT FROM pg_settings WHERE lower(name) = n)\
            """;

    /// One setting of one role, and the statements that make the target's as the source's.
    private record Difference(String name, String role, List<String> mends) {
        String key() {
            return Setting.key(name);
        }
    }

    private final List<Difference> telling;
    private final List<Difference> other;

    private SettingsDifference(List<Difference> telling, List<Difference> other) {
        this.telling = telling;
        this.other = other;
    }

    /// The differences of those of the roles that are on both.
    public static SettingsDifference between(Cluster source, Cluster target, Set<String> roles)
            throws SQLException {
        var here = StoredSettings.of(source, roles);
        var there = StoredSettings.of(target, roles);
        var found = new ArrayList<Difference>();
        for (var role : new TreeSet<>(roles)) {
            if (here.knows(role) && there.knows(role)) {
                compare(role, here, there, target.server().dbname(), found);
            }
        }
        var unknown = unknown(target, found);
        Predicate<Difference> tells =
                one -> Setting.isTelling(one.name()) && !unknown.contains(one.key());
        return new SettingsDifference(
                found.stream().filter(tells).toList(),
                found.stream().filter(tells.negate()).toList());
    }

    private static void compare(
            String role,
            StoredSettings source,
            StoredSettings target,
            String database,
            List<Difference> found) {
        var keys = new TreeSet<>(source.of(role).keySet());
        keys.addAll(target.of(role).keySet());
        for (var key : keys) {
            var here = source.of(role).getOrDefault(key, Stored.nowhere(key));
            var there = target.of(role).getOrDefault(key, Stored.nowhere(here.name()));
            if (!here.value().equals(there.value())) {
                var name = here.values().isEmpty() ? there.name() : here.name();
                found.add(new Difference(name, role, mends(role, here, there, database)));
            }
        }
    }

    /// Whatever counts before the place where the source has it goes; at that place it is set.
    private static List<String> mends(String role, Stored here, Stored there, String database) {
        var mends = new ArrayList<String>();
        for (var scope : Scope.values()) {
            var alter = scope.alter(role, database);
            var value = here.values().get(scope);
            if (value != null) {
                if (!value.equals(there.values().get(scope))) {
                    mends.add(alter + Setting.set(here.name(), value));
                }
                break;
            }
            if (there.values().containsKey(scope)) {
                mends.add(alter + Setting.reset(there.name()));
            }
        }
        return mends;
    }

    /// Another major version may not have it, so that nothing could be set.
    private static Set<String> unknown(Cluster target, List<Difference> found) throws SQLException {
        var keys = new TreeSet<String>();
        for (var one : found) {
            if (!Setting.isCustom(one.name())) {
                keys.add(one.key());
            }
        }
        if (keys.isEmpty()) {
            return Set.of();
        }
        Object names = keys.toArray(String[]::new);
        return Set.copyOf(target.call(on -> Sql.texts(on, UNKNOWN, names)));
    }

    /// Each setting that can change what a statement does, and whose it is.
    public List<String> words() {
        return words(telling);
    }

    /// The statements that make these equal on the target.
    public String mend() {
        return mend(telling);
    }

    /// The same of all other settings, and of those that the target does not have.
    public List<String> otherWords() {
        return words(other);
    }

    public String otherMend() {
        return mend(other);
    }

    private static List<String> words(List<Difference> differences) {
        var roles = new TreeMap<String, List<String>>();
        for (var one : differences) {
            var role = one.role().equals(ANYBODY) ? "anybody else" : one.role();
            roles.computeIfAbsent(one.name(), _ -> new ArrayList<>()).add(role);
        }
        var words = new ArrayList<String>();
        roles.forEach((name, whose) -> words.add(name + " of " + String.join(" and ", whose)));
        return words;
    }

    private static String mend(List<Difference> differences) {
        var mends = new LinkedHashSet<String>();
        differences.forEach(one -> mends.addAll(one.mends()));
        return String.join("; ", mends);
    }
}
