package dev.pointsman.core.migration.defaults;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What one server has stored for new sessions of roles in our database (`pg_db_role_setting`).
final class StoredSettings {
    private static final String ANYBODY = SettingsDifference.ANYBODY;

    /// The empty name is anybody who has none of his own.
    private static final String STORED =
            """
            WITH n AS (
              SELECT oid, rolname::text AS name FROM pg_roles WHERE rolname = ANY (?::text[])
               UNION ALL SELECT 0, '')
            SELECT n.name, s.setrole <> 0, s.setdatabase <> 0, s.setting
              FROM n LEFT JOIN (
                   SELECT setrole, setdatabase, unnest(setconfig) AS setting
                     FROM pg_db_role_setting
                    WHERE setdatabase IN (0, (SELECT oid FROM pg_database
                                               WHERE datname = current_database()))) s
                ON s.setrole IN (0, n.oid)\
            """;

    /// Left to the check of its own, and set by our own fence.
    static final String READ_ONLY = "default_transaction_read_only";

    /// A setting's values by where they are stored; the first counts.
    record Stored(String name, EnumMap<Scope, String> values) {
        static Stored nowhere(String name) {
            return new Stored(name, new EnumMap<>(Scope.class));
        }

        /// As it counts; empty for nothing stored.
        List<String> value() {
            return values.values().stream().limit(1).toList();
        }
    }

    private final Map<String, Map<String, Stored>> byRole = new TreeMap<>();

    private StoredSettings() {}

    static StoredSettings of(Cluster on, Set<String> roles) throws SQLException {
        var stored = new StoredSettings();
        Object names = roles.toArray(String[]::new);
        on.call(connection -> Sql.list(connection, STORED, stored::add, names));
        return stored;
    }

    private boolean add(ResultSet row) throws SQLException {
        var settings = byRole.computeIfAbsent(row.getString(1), _ -> new TreeMap<>());
        var setting = row.getString(4);
        int equals = setting == null ? -1 : setting.indexOf('=');
        if (equals < 0) {
            return false;
        }
        var name = setting.substring(0, equals);
        settings.computeIfAbsent(Setting.key(name), _ -> Stored.nowhere(name))
                .values()
                .put(Scope.of(row.getBoolean(2), row.getBoolean(3)), setting.substring(equals + 1));
        return true;
    }

    boolean knows(String role) {
        return byRole.containsKey(role);
    }

    /// What is stored for a role, by the settings' keys; without [#READ_ONLY].
    Map<String, Stored> of(String role) {
        var settings = new TreeMap<>(byRole.getOrDefault(role, Map.of()));
        settings.remove(READ_ONLY);
        return settings;
    }

    /// What is stored for a role of [#READ_ONLY]; one that is not there would have nothing of its
    /// own.
    Stored readOnly(String role) {
        var settings = byRole.getOrDefault(knows(role) ? role : ANYBODY, Map.of());
        return settings.getOrDefault(READ_ONLY, Stored.nowhere(READ_ONLY));
    }
}
