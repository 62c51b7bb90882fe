package dev.pointsman.core.migration.defaults;

import dev.pointsman.core.cluster.Sql;

/// Whose sessions a stored setting is for, in the order in which the server picks: the first where
/// one is stored counts.
enum Scope {
    ROLE_IN_DATABASE,
    ROLE,
    DATABASE,
    ALL;

    static Scope of(boolean ofRole, boolean inDatabase) {
        if (ofRole) {
            return inDatabase ? ROLE_IN_DATABASE : ROLE;
        }
        return inDatabase ? DATABASE : ALL;
    }

    boolean isOfRole() {
        return switch (this) {
            case ROLE_IN_DATABASE, ROLE -> true;
            case DATABASE, ALL -> false;
        };
    }

    /// The beginning of the statement that changes it.
    String alter(String role, String database) {
        return switch (this) {
            case ROLE_IN_DATABASE ->
                    "ALTER ROLE %s IN DATABASE %s"
                            .formatted(Sql.identifier(role), Sql.identifier(database));
            case ROLE -> "ALTER ROLE " + Sql.identifier(role);
            case DATABASE -> "ALTER DATABASE " + Sql.identifier(database);
            case ALL -> "ALTER ROLE ALL";
        };
    }
}
