package dev.pointsman.core.config.key;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.config.key.ConfigRows.Row;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/// What differs between two configurations, and what of it a running proxy cannot take over.
///
/// @param changed the keys that differ, as SHOW CONFIG spells them
/// @param fixed one line for each difference that needs a restart; nothing may be applied then
/// @param reconnected the databases whose servers are reached in another way
/// @param added the databases that are new
public record ConfigChange(
        List<String> changed, List<String> fixed, Set<String> reconnected, Set<String> added) {
    private static final Set<Setting> FIXED =
            Set.of(
                    Key.VERSION,
                    Key.LISTEN_HOST,
                    Key.LISTEN_PORT,
                    Key.LISTEN_UNIX_SOCKET_DIR,
                    Key.LISTEN_UNIX_SOCKET_MODE,
                    Key.ADMIN_HOST,
                    Key.ADMIN_PORT,
                    Key.HTTP_HOST,
                    Key.HTTP_PORT,
                    Key.STATE,
                    DatabaseKey.POOL_MODE);

    public ConfigChange {
        changed = List.copyOf(changed);
        fixed = List.copyOf(fixed);
        reconnected = Set.copyOf(reconnected);
        added = Set.copyOf(added);
    }

    /// One database more, which no file names.
    public static ConfigChange opening(String unnamed) {
        return new ConfigChange(List.of(), List.of(), Set.of(), Set.of(unnamed));
    }

    /// Whether a running proxy takes another value of this key over.
    public static boolean isLive(Setting key) {
        return !FIXED.contains(key) && key != DatabaseKey.SERVE;
    }

    /// From the configuration in force to another one.
    ///
    /// @param serving the server that serves a database now
    public static ConfigChange between(Config now, Config next, UnaryOperator<String> serving) {
        var fixed = new ArrayList<String>();
        removed(now, next, fixed);
        var changed = new LinkedHashSet<String>();
        var before = byKey(now);
        var after = byKey(next);
        var keys = new LinkedHashSet<>(before.keySet());
        keys.addAll(after.keySet());
        for (var key : keys) {
            var old = before.get(key);
            var row = after.get(key);
            if (old != null && row != null && old.compared().equals(row.compared())) {
                continue;
            }
            changed.add(key);
            var kind = old == null && row != null ? row.kind() : old == null ? null : old.kind();
            if (kind != null && FIXED.contains(kind) && isAboutBoth(key, now, next)) {
                fixed.add(
                        "%s cannot change from %s to %s while the proxy runs"
                                .formatted(key, value(old), value(row)));
            }
        }
        named(now, next, fixed);
        twins(next, fixed);
        serving(now, next, serving, fixed);
        return new ConfigChange(
                List.copyOf(changed), fixed, reconnected(now, next), added(now, next));
    }

    private static Set<String> added(Config now, Config next) {
        var names = new LinkedHashSet<>(next.databases().keySet());
        names.removeAll(now.databases().keySet());
        return names;
    }

    private static void removed(Config now, Config next, List<String> fixed) {
        var open = new ArrayList<>(now.unnamed());
        open.removeAll(next.databases().keySet());
        if (!open.isEmpty()) {
            fixed.add(
                    "databases.* cannot be removed while the proxy runs and %s came by it"
                            .formatted(String.join(", ", open)));
        }
        for (var database : now.databases().values()) {
            var same = next.databases().get(database.name());
            if (same == null && database.unnamed()) {
                continue;
            }
            if (same == null) {
                fixed.add(
                        "databases." + database.name() + " cannot be removed while the proxy runs");
                continue;
            }
            for (var server : database.servers().keySet()) {
                if (!same.servers().containsKey(server)) {
                    fixed.add(
                            (database.unnamed()
                                            ? "databases.%s has to name its server %s as"
                                                  + " databases.* does, by which it came, while the"
                                                  + " proxy runs"
                                            : "databases.%s.servers.%s cannot be removed while the"
                                                    + " proxy runs")
                                    .formatted(database.name(), server));
                }
            }
        }
    }

    /// Where a name came or went as a whole, one line says so for all keys below it.
    private static boolean isAboutBoth(String key, Config now, Config next) {
        return !key.startsWith("databases.")
                || names(now).stream()
                        .filter(names(next)::contains)
                        .anyMatch(name -> key.startsWith("databases." + name + "."));
    }

    /// Those of the file, the wildcard's with them.
    private static List<String> names(Config config) {
        return config.entries().stream()
                .filter(database -> !database.unnamed())
                .map(Database::name)
                .toList();
    }

    /// What the wildcard has opened and the file names now has no rows of its own from before.
    private static void named(Config now, Config next, List<String> fixed) {
        for (var name : now.unnamed()) {
            var old = now.database(name).pool().mode();
            var same = next.databases().get(name);
            if (same != null && !same.unnamed() && same.pool().mode() != old) {
                fixed.add(
                        "databases.%s.pool.mode cannot be another one than that of databases.*, by which %s came, while the proxy runs"
                                .formatted(name, name));
            }
        }
    }

    /// A cutover of the one would leave the clients of the other behind.
    private static void twins(Config next, List<String> fixed) {
        for (var name : next.unnamed()) {
            next.twin(next.database(name))
                    .ifPresent(
                            twin ->
                                    fixed.add(
                                            "databases.%s leads to where %s does, which came by databases.* and has clients"
                                                    .formatted(twin, name)));
        }
    }

    /// `serve` counts only where no record does: it may be brought in line with who serves, and
    /// leads no traffic anywhere.
    private static void serving(
            Config now, Config next, UnaryOperator<String> serving, List<String> fixed) {
        for (var database : next.databases().values()) {
            var old = now.databases().get(database.name());
            if (old != null
                    && !old.serve().equals(database.serve())
                    && !database.serve().equals(serving.apply(database.name()))) {
                fixed.add(
                        "databases.%s.serve cannot change to %s: %s serves, and CUTOVER alone changes that"
                                .formatted(
                                        database.name(),
                                        database.serve(),
                                        serving.apply(database.name())));
            }
        }
    }

    private static Set<String> reconnected(Config now, Config next) {
        var names = new LinkedHashSet<String>();
        for (var database : next.databases().values()) {
            var old = now.databases().get(database.name());
            if (old != null && !bare(old).equals(bare(database))) {
                names.add(database.name());
            }
        }
        return names;
    }

    private static List<Server> bare(Database database) {
        return database.servers().values().stream().map(Server::withoutUsers).toList();
    }

    private static Map<String, Row> byKey(Config config) {
        var rows = new LinkedHashMap<String, Row>();
        ConfigRows.of(config).forEach(row -> rows.put(row.key(), row));
        return rows;
    }

    private static String value(@Nullable Row row) {
        return row == null ? "nothing" : row.value();
    }
}
