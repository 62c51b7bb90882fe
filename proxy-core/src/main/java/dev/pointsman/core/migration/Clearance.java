package dev.pointsman.core.migration;

/// Whether this proxy may go on with a migration by itself now: it is the only living one in front
/// of the database, and it is settled who serves. A blocking call.
@FunctionalInterface
public interface Clearance {
    boolean given(String database);
}
