package dev.pointsman.core.migration.platform;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Clusters;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.migration.schema.UserTables;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The least that the control role needs on each server, as SQL for the platform that it runs on.
public final class Grants {
    private static final int CHECKPOINT_ROLE_SINCE = 15;
    private static final String OWNERS =
            "SELECT DISTINCT pg_get_userbyid(c.relowner) FROM pg_class c"
                    + " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE "
                    + UserTables.CONDITION
                    + " UNION SELECT pg_get_userbyid(datdba) FROM pg_database"
                    + " WHERE datname = current_database() ORDER BY 1";
    private static final String MAKERS =
            """
            SELECT DISTINCT r.rolname FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid
             WHERE d.refclassid = 'pg_authid'::regclass AND d.deptype = 'o'
               AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
               AND r.rolname !~ '^pg_' ORDER BY 1\
            """;

    /// One line of SQL, or a comment, for one server.
    public record Line(String server, String sql) {}

    /// What is known of a server.
    ///
    /// @param owners who owns its database or a table in it
    /// @param makers who owns anything in its database: a copy of the schema takes them on the
    ///   other servers too
    record Found(
            Platform platform, int major, List<String> owners, List<String> makers, String note) {

        /// With those of all servers among the owners.
        Found with(Set<String> allMakers) {
            var all = new TreeSet<>(allMakers);
            all.addAll(owners);
            return new Found(platform, major, List.copyOf(all), makers, note);
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
        found.values().forEach(one -> makers.addAll(one.makers()));
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
            var owners = cluster.call(connection -> Sql.texts(connection, OWNERS));
            var makers = cluster.call(connection -> Sql.texts(connection, MAKERS));
            var platform = Platform.of(facts);
            return new Found(
                    platform,
                    facts.major(),
                    owners,
                    makers,
                    platform.title() + " " + facts.version());
        } catch (SQLException e) {
            return new Found(
                    Platform.PLAIN,
                    Platform.SUBSCRIBE_ROLE_SINCE,
                    List.of(),
                    List.of(),
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
        for (var owner : found.owners()) {
            if (!Sql.identifier(owner).equals(role)) {
                lines.add("GRANT " + Sql.identifier(owner) + " TO " + role + ";");
            }
        }
        lines.add("-- in database " + database);
        for (var function :
                List.of(
                        "pg_replication_origin_advance(text, pg_lsn)",
                        "pg_replication_origin_progress(text, boolean)")) {
            lines.add("GRANT EXECUTE ON FUNCTION " + function + " TO " + role + ";");
        }
        return lines;
    }
}
