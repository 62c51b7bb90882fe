package dev.pointsman.core.migration.platform;

import dev.pointsman.core.cluster.ServerFacts;
import dev.pointsman.core.cluster.Sql;

import java.util.Set;

/// Who runs a server, told by parameters and roles that exist there alone; and what SQL or which
/// place of its administration gives a right or a setting. Roles are passed as SQL identifiers.
public enum Platform {
    PLAIN("PostgreSQL", "a superuser"),
    RDS("Amazon RDS for PostgreSQL", "a member of rds_superuser"),
    AURORA("Amazon Aurora PostgreSQL", "a member of rds_superuser"),
    CLOUD_SQL("Google Cloud SQL for PostgreSQL", "a member of cloudsqlsuperuser"),
    AZURE("Azure Database for PostgreSQL", "a member of azure_pg_admin");

    /// The version since which a subscription takes a predefined role instead of an administrator.
    public static final int SUBSCRIBE_ROLE_SINCE = 16;

    private static final String SUBSCRIBER = "pg_create_subscription";

    private final String title;
    private final String administrator;

    Platform(String title, String administrator) {
        this.title = title;
        this.administrator = administrator;
    }

    /// The one that the server says it runs on.
    public static Platform of(ServerFacts facts) {
        if (facts.knows(ServerFacts.AURORA)) {
            return AURORA;
        }
        if (tells(facts, "rds.extensions", Set.of("rds_superuser", "rds_replication"))) {
            return RDS;
        }
        if (tells(facts, "cloudsql.logical_decoding", Set.of("cloudsqlsuperuser"))) {
            return CLOUD_SQL;
        }
        return tells(facts, "azure.extensions", Set.of("azure_pg_admin")) ? AZURE : PLAIN;
    }

    private static boolean tells(ServerFacts facts, String setting, Set<String> roles) {
        return facts.knows(setting) || facts.rights().memberOf().stream().anyMatch(roles::contains);
    }

    /// Its name, for people.
    public String title() {
        return title;
    }

    /// Who may run what gives the rights.
    public String administrator() {
        return administrator;
    }

    /// The SQL that lets the role start walsenders and make slots.
    public String replication(String role) {
        return switch (this) {
            case PLAIN -> "ALTER ROLE " + role + " REPLICATION";
            case RDS, AURORA -> "GRANT rds_replication TO " + role;
            case CLOUD_SQL -> "ALTER USER " + role + " WITH REPLICATION";
            case AZURE -> "ALTER ROLE " + role + " WITH REPLICATION";
        };
    }

    /// Whether a role can be given BYPASSRLS: only superusers give it, and elsewhere there are none
    /// for customers.
    public boolean givesBypass() {
        return switch (this) {
            case PLAIN -> true;
            case RDS, AURORA, CLOUD_SQL, AZURE -> false;
        };
    }

    /// How the role gets to see every row of every table.
    public String allRows(String role) {
        return givesBypass()
                ? "ALTER ROLE " + role + " BYPASSRLS"
                : "BYPASSRLS cannot be had here: make "
                        + role
                        + " a member of the tables' owner, and for the time of the migration ALTER"
                        + " TABLE … NO FORCE ROW LEVEL SECURITY where it is forced";
    }

    /// The SQL that lets the role make subscriptions on a server of this version.
    public String subscription(String role, int major) {
        if (major >= SUBSCRIBE_ROLE_SINCE) {
            return "GRANT " + SUBSCRIBER + " TO " + role;
        }
        return switch (this) {
            case PLAIN -> "ALTER ROLE " + role + " SUPERUSER";
            case RDS, AURORA -> "GRANT rds_superuser TO " + role;
            case CLOUD_SQL -> "GRANT cloudsqlsuperuser TO " + role;
            case AZURE -> "GRANT azure_pg_admin TO " + role;
        };
    }

    /// Where a server lets another one in.
    public String access() {
        return switch (this) {
            case PLAIN -> "a line in its pg_hba.conf for the database and for replication";
            case RDS, AURORA -> "an inbound rule of its security group";
            case CLOUD_SQL -> "its authorized networks";
            case AZURE -> "a rule of its firewall or virtual network";
        };
    }

    /// How to change a parameter.
    public String setting(String name, String value, Takes takes) {
        return switch (this) {
            case PLAIN ->
                    "ALTER SYSTEM SET %s = %s; %s"
                            .formatted(name, Sql.literal(value).strip(), plain(takes));
            case RDS ->
                    "Set %s in the DB parameter group%s"
                            .formatted(amazon(name, value), then(takes, "reboot the instance"));
            case AURORA ->
                    "Set %s in the DB cluster parameter group%s"
                            .formatted(amazon(name, value), then(takes, "reboot the writer"));
            case CLOUD_SQL ->
                    "Set the flag %s%s"
                            .formatted(google(name, value), then(takes, "restart the instance"));
            case AZURE ->
                    "Set the server parameter %s = %s%s"
                            .formatted(name, value, then(takes, "restart the server"));
        };
    }

    private static String plain(Takes takes) {
        return switch (takes) {
            case RESTART -> "and restart";
            case RELOAD -> "SELECT pg_reload_conf()";
        };
    }

    private static String then(Takes takes, String restart) {
        return switch (takes) {
            case RESTART -> " and " + restart + ".";
            case RELOAD -> ".";
        };
    }

    private static String amazon(String name, String value) {
        return name.equals("wal_level") ? "rds.logical_replication = 1" : name + " = " + value;
    }

    private static String google(String name, String value) {
        return name.equals("wal_level") ? "cloudsql.logical_decoding = on" : name + " = " + value;
    }

    /// When a parameter counts.
    public enum Takes {
        RESTART,
        RELOAD
    }
}
