package dev.pointsman.core.migration.defaults;

import dev.pointsman.core.cluster.Cluster;

import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// That new sessions of a role are read-only by a setting that is stored for it, or for whom else.
///
/// @param ofRole whether it is the role's own
/// @param reset the statement that takes the setting away
public record ReadOnlyDefault(boolean ofRole, String reset) {
    private static final Set<String> TRUE =
            Set.of("on", "t", "tr", "tru", "true", "y", "ye", "yes", "1");

    /// Of those of the roles that are read-only so; [SettingsDifference#ANYBODY] for whoever has no
    /// setting of his own.
    ///
    /// @param fenced whether the database's own setting is a fence's, and goes with it
    public static Map<String, ReadOnlyDefault> of(Cluster on, Set<String> roles, boolean fenced)
            throws SQLException {
        var stored = StoredSettings.of(on, roles);
        var found = new TreeMap<String, ReadOnlyDefault>();
        for (var role : roles) {
            var values = stored.readOnly(role).values().entrySet().stream();
            values.filter(one -> !fenced || one.getKey() != Scope.DATABASE)
                    .limit(1)
                    .filter(one -> TRUE.contains(one.getValue().toLowerCase(Locale.ROOT)))
                    .forEach(one -> found.put(role, of(role, one.getKey(), on.server().dbname())));
        }
        return found;
    }

    private static ReadOnlyDefault of(String role, Scope scope, String database) {
        return new ReadOnlyDefault(
                scope.isOfRole(),
                scope.alter(role, database) + Setting.reset(StoredSettings.READ_ONLY));
    }
}
