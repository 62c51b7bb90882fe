package dev.pointsman.core.cluster;

import java.util.Set;

/// What the control role may do on one server.
///
/// @param ownsDatabase member of the owner of the database, a superuser included
/// @param createInDatabase may make schemas and publications there
/// @param memberOf the predefined and platform roles that it is a member of
public record Rights(
        String user,
        boolean superuser,
        boolean replication,
        boolean bypassRls,
        boolean createRole,
        boolean ownsDatabase,
        boolean createInDatabase,
        Set<String> memberOf) {

    public Rights {
        memberOf = Set.copyOf(memberOf);
    }

    /// May start a walsender and make slots.
    public boolean mayReplicate() {
        return superuser || replication || memberOf.contains("rds_replication");
    }

    /// May make a subscription on a server of this version.
    public boolean maySubscribe(int versionNum) {
        return superuser
                || memberOf.contains("rds_superuser")
                || memberOf.contains("cloudsqlsuperuser")
                || memberOf.contains("azure_pg_admin")
                || (versionNum >= 160_000 && memberOf.contains("pg_create_subscription"));
    }

    /// Sees the sessions of others in full.
    public boolean seesSessions() {
        return superuser
                || memberOf.contains("pg_read_all_stats")
                || memberOf.contains("pg_monitor");
    }

    /// May end the sessions of others, except those of superusers.
    public boolean mayTerminate() {
        return superuser || memberOf.contains("pg_signal_backend");
    }

    /// Reads tables whole, whatever their row security says.
    public boolean passesRowSecurity() {
        return superuser || bypassRls;
    }
}
