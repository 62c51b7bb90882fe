package dev.pointsman.core.cluster;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a server says about itself and about the control role, read in one go.
///
/// @param versionNum as `server_version_num`: 140020, 180001
/// @param version as `server_version`
/// @param systemIdentifier the same for a server and its physical copies
/// @param databaseOid with `systemIdentifier` it tells two databases apart
/// @param settings the parameters that replication depends on, by name, in base units
public record ServerFacts(
        int versionNum,
        String version,
        boolean inRecovery,
        long systemIdentifier,
        long databaseOid,
        String databaseOwner,
        Map<String, String> settings,
        Rights rights) {

    /// Stands among the settings, without a value, on Aurora, which has no parameter of its own
    /// that everybody may read.
    public static final String AURORA = "aurora_version()";

    private static final List<String> SETTINGS =
            List.of(
                    "wal_level",
                    "fsync",
                    "full_page_writes",
                    "max_replication_slots",
                    "max_active_replication_origins",
                    "max_wal_senders",
                    "max_slot_wal_keep_size",
                    "idle_replication_slot_timeout",
                    "max_logical_replication_workers",
                    "max_sync_workers_per_subscription",
                    "max_worker_processes",
                    "max_connections",
                    "max_prepared_transactions",
                    "wal_sender_timeout",
                    "server_encoding",
                    "default_transaction_read_only",
                    "session_replication_role",
                    "synchronous_standby_names",
                    "rds.extensions",
                    "cloudsql.logical_decoding",
                    "azure.extensions");

    private static final String PARAMETERS =
            """
            SELECT name, setting FROM pg_settings WHERE name = ANY(?)
             UNION SELECT ?, '' FROM pg_proc WHERE proname = 'aurora_version'\
            """;

    private static final String SERVER =
            """
            SELECT current_setting('server_version_num')::int, current_setting('server_version'),
                   pg_is_in_recovery(), (SELECT system_identifier FROM pg_control_system()),
                   d.oid::int8, pg_get_userbyid(d.datdba)
              FROM pg_database d WHERE d.datname = current_database()\
            """;

    private static final String RIGHTS =
            """
            SELECT rolname, rolsuper, rolreplication, rolbypassrls, rolcreaterole,
                   (SELECT pg_has_role(current_user, datdba, 'member') FROM pg_database
                     WHERE datname = current_database()),
                   has_database_privilege(current_database(), 'CREATE'),
                   ARRAY(SELECT r.rolname::text FROM pg_roles r
                          WHERE (r.rolname LIKE 'pg\\_%' OR r.rolname IN ('rds_superuser',
                                'rds_replication', 'cloudsqlsuperuser', 'azure_pg_admin'))
                            AND pg_has_role(current_user, r.oid, 'member'))
              FROM pg_roles WHERE rolname = current_user\
            """;

    public ServerFacts {
        settings = Map.copyOf(settings);
    }

    static ServerFacts read(Connection connection) throws SQLException {
        var settings = new LinkedHashMap<String, String>();
        Sql.list(
                        connection,
                        PARAMETERS,
                        row -> Map.entry(row.getString(1), row.getString(2)),
                        SETTINGS.toArray(String[]::new),
                        AURORA)
                .forEach(entry -> settings.put(entry.getKey(), entry.getValue()));
        var rights = Sql.one(connection, RIGHTS, ServerFacts::rights);
        return Sql.one(
                connection,
                SERVER,
                row ->
                        new ServerFacts(
                                row.getInt(1),
                                row.getString(2),
                                row.getBoolean(3),
                                row.getLong(4),
                                row.getLong(5),
                                row.getString(6),
                                settings,
                                rights));
    }

    private static Rights rights(ResultSet row) throws SQLException {
        return new Rights(
                row.getString(1),
                row.getBoolean(2),
                row.getBoolean(3),
                row.getBoolean(4),
                row.getBoolean(5),
                row.getBoolean(6),
                row.getBoolean(7),
                Set.copyOf(Sql.strings(row, 8)));
    }

    /// 14, 15, 18, …
    public int major() {
        return versionNum / 10_000;
    }

    /// Whether this server has such a parameter, with a value or without.
    public boolean knows(String name) {
        return settings.containsKey(name);
    }

    /// The parameter's value; empty where this server does not know it.
    public String setting(String name) {
        return settings.getOrDefault(name, "");
    }

    /// A whole number among the parameters; `otherwise` where this server does not know it.
    public long number(String name, long otherwise) {
        var value = setting(name);
        return value.isEmpty() ? otherwise : Long.parseLong(value);
    }
}
