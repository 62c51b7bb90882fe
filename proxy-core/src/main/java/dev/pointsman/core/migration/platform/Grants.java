package dev.pointsman.core.migration.platform;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Clusters;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.migration.schema.UserTables;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The least that the control role needs on each server, as SQL for the platform that it runs on.
public final class Grants {
    private static final int CHECKPOINT_ROLE_SINCE = 15;
    private static final int NAMES_SHOWN = 5;
    private static final String TABLES =
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                    + " JOIN pg_roles r ON r.oid = c.relowner WHERE "
                    + UserTables.CONDITION;
    private static final String DATABASE =
            " FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba"
                    + " WHERE d.datname = current_database()";
    private static final String OWNERS =
            "SELECT r.rolname"
                    + TABLES
                    + " AND NOT r.rolsuper UNION SELECT r.rolname"
                    + DATABASE
                    + " AND NOT r.rolsuper ORDER BY 1";
    private static final String OF_ANOTHER_SUPERUSER =
            " AND r.rolsuper AND NOT pg_has_role(current_user, r.oid, 'usage')";
    private static final String OWNING_SUPERUSERS =
            "SELECT r.rolname" + DATABASE + OF_ANOTHER_SUPERUSER;
    private static final String TABLES_OF_SUPERUSERS =
            "SELECT format('%I.%I of %I', n.nspname, c.relname, r.rolname)"
                    + TABLES
                    + OF_ANOTHER_SUPERUSER
                    + " ORDER BY 1";
    private static final String MAKERS =
            """
            SELECT DISTINCT r.rolname FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid
             WHERE d.refclassid = 'pg_authid'::regclass AND d.deptype = 'o'
               AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
               AND r.rolname !~ '^pg_' AND NOT r.rolsuper ORDER BY 1\
            """;

    /// One line of SQL, or a comment, for one server.
    public record Line(String server, String sql) {}

    /// What is known of a server.
    record Found(Platform platform, int major, Owned owned, String note) {
        /// With those of all servers among the owners.
        Found with(Set<String> allMakers) {
            var all = new TreeSet<>(allMakers);
            all.addAll(owned.owners());
            return new Found(
                    platform,
                    major,
                    new Owned(
                            List.copyOf(all),
                            owned.makers(),
                            owned.bySuperuser(),
                            owned.tablesOfSuperusers()),
                    note);
        }
    }

    /// To whom things belong there. To be a member of a superuser is to be one: what belongs to one
    /// is named apart.
    ///
    /// @param owners who owns the database or a table in it, and is no superuser
    /// @param makers who owns anything in its database, and is no superuser: a copy of the schema
    ///   takes them on the other servers too
    /// @param bySuperuser whether the database itself belongs to a superuser
    /// @param tablesOfSuperusers with their owners
    record Owned(
            List<String> owners,
            List<String> makers,
            boolean bySuperuser,
            List<String> tablesOfSuperusers) {
        static final Owned UNKNOWN = new Owned(List.of(), List.of(), false, List.of());

        static Owned read(Connection on) throws SQLException {
            return new Owned(
                    Sql.texts(on, OWNERS),
                    Sql.texts(on, MAKERS),
                    !Sql.texts(on, OWNING_SUPERUSERS).isEmpty(),
                    Sql.texts(on, TABLES_OF_SUPERUSERS));
        }
    }

    private Grants() {}

    /// For every server of `database`, in the order of the configuration.
    public static List<Line> sql(Clusters clusters, Database database) {
        var found = new LinkedHashMap<Server, Found>();
        for (var server : database.servers().values()) {
            found.put(server, ask(clusters.of(database.name(), server.name())));
        }
        var makers = new TreeSet<String>();
        found.values().forEach(one -> makers.addAll(one.owned().makers()));
        var lines = new ArrayList<Line>();
        found.forEach(
                (server, one) ->
                        forServer(server, one.with(makers))
                                .forEach(sql -> lines.add(new Line(server.name(), sql))));
        return lines;
    }

    private static Found ask(Cluster cluster) {
        try {
            var facts = cluster.facts();
            var platform = Platform.of(facts);
            return new Found(
                    platform,
                    facts.major(),
                    cluster.call(Owned::read),
                    platform.title() + " " + facts.version());
        } catch (SQLException e) {
            return new Found(
                    Platform.PLAIN,
                    Platform.SUBSCRIBE_ROLE_SINCE,
                    Owned.UNKNOWN,
                    "cannot be asked ("
                            + cluster.refusal(e).report().message()
                            + "); for PostgreSQL 16 or later of your own");
        }
    }

    /// What `found` takes; a line each.
    static List<String> forServer(Server server, Found found) {
        var role = Sql.identifier(server.control().user());
        var database = Sql.identifier(server.dbname());
        var platform = found.platform();
        var lines = new ArrayList<String>();
        lines.add("-- server " + server.name() + ": " + found.note());
        lines.add("-- as " + platform.administrator());
        lines.add("-- CREATE ROLE " + role + " LOGIN PASSWORD '…';  where it does not exist");
        lines.add(platform.replication(role) + ";");
        lines.add(
                platform.givesBypass()
                        ? platform.allRows(role) + ";"
                        : "-- " + platform.allRows(role));
        lines.add("ALTER ROLE " + role + " SET statement_timeout = 0;");
        lines.add("ALTER ROLE " + role + " SET lock_timeout = 0;");
        lines.add("ALTER ROLE " + role + " SET idle_in_transaction_session_timeout = 0;");
        lines.add("GRANT pg_monitor, pg_signal_backend TO " + role + ";");
        var subscription = platform.subscription(role, found.major()) + ";";
        lines.add(
                found.major() >= Platform.SUBSCRIBE_ROLE_SINCE
                        ? subscription
                        : "-- before 16 only %s may make the subscription that leads to this server: %s or accept the check way-back"
                                .formatted(platform.administrator(), subscription));
        if (found.major() >= CHECKPOINT_ROLE_SINCE) {
            lines.add("GRANT pg_checkpoint TO " + role + ";");
        }
        lines.add("GRANT CREATE, CONNECT ON DATABASE " + database + " TO " + role + ";");
        lines.addAll(ofOwners(role, database, found.owned()));
        lines.add("-- in database " + database);
        for (var function :
                List.of(
                        "pg_replication_origin_advance(text, pg_lsn)",
                        "pg_replication_origin_progress(text, boolean)")) {
            lines.add("GRANT EXECUTE ON FUNCTION " + function + " TO " + role + ";");
        }
        return lines;
    }

    private static List<String> ofOwners(String role, String database, Owned owned) {
        var lines = new ArrayList<String>();
        for (var owner : owned.owners()) {
            if (!Sql.identifier(owner).equals(role)) {
                lines.add("GRANT " + Sql.identifier(owner) + " TO " + role + ";");
            }
        }
        if (owned.bySuperuser()) {
            lines.add("ALTER DATABASE " + database + " OWNER TO " + role + ";");
        }
        if (!owned.tablesOfSuperusers().isEmpty()) {
            lines.add(
                    "-- %d tables belong to superusers, whose members would be superusers too (%s): ALTER TABLE … OWNER TO a role that is none, and GRANT that role TO %s"
                            .formatted(
                                    owned.tablesOfSuperusers().size(),
                                    owned.tablesOfSuperusers().stream()
                                            .limit(NAMES_SHOWN)
                                            .collect(Collectors.joining(", ")),
                                    role));
        }
        return lines;
    }
}
