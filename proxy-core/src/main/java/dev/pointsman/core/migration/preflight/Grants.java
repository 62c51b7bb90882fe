package dev.pointsman.core.migration.preflight;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Clusters;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.migration.schema.UserTables;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// The least that the control role needs on each server, as SQL for plain PostgreSQL.
public final class Grants {
    private static final int SUBSCRIBE_ROLE_SINCE = 16;
    private static final int CHECKPOINT_ROLE_SINCE = 15;

    /// One line of SQL, or a comment, for one server.
    public record Line(String server, String sql) {}

    private record Found(int major, List<String> owners, String note) {}

    private Grants() {}

    /// For every server of `database`, in the order of the configuration.
    public static List<Line> sql(Clusters clusters, Database database) {
        var lines = new ArrayList<Line>();
        for (var server : database.servers().values()) {
            var cluster = clusters.of(database.name(), server.name());
            forServer(cluster, ask(cluster))
                    .forEach(sql -> lines.add(new Line(server.name(), sql)));
        }
        return lines;
    }

    private static Found ask(Cluster cluster) {
        try {
            var facts = cluster.facts();
            var owners =
                    cluster.call(
                            connection ->
                                    Sql.texts(
                                            connection,
                                            "SELECT DISTINCT pg_get_userbyid(c.relowner)"
                                                    + " FROM pg_class c JOIN pg_namespace n"
                                                    + " ON n.oid = c.relnamespace WHERE "
                                                    + UserTables.CONDITION
                                                    + " UNION SELECT pg_get_userbyid(datdba) FROM"
                                                    + " pg_database WHERE datname ="
                                                    + " current_database() ORDER BY 1"));
            return new Found(facts.major(), owners, "PostgreSQL " + facts.version());
        } catch (SQLException e) {
            return new Found(
                    SUBSCRIBE_ROLE_SINCE,
                    List.of(),
                    "cannot be asked ("
                            + cluster.refusal(e).report().message()
                            + "); for 16 or later");
        }
    }

    private static List<String> forServer(Cluster cluster, Found found) {
        var role = Sql.identifier(cluster.server().control().user());
        var database = Sql.identifier(cluster.server().dbname());
        var lines = new ArrayList<String>();
        lines.add("-- server " + cluster.name() + ": " + found.note());
        lines.add("-- CREATE ROLE " + role + " LOGIN PASSWORD '…';  where it does not exist");
        lines.add("ALTER ROLE " + role + " REPLICATION BYPASSRLS;");
        lines.add("ALTER ROLE " + role + " SET statement_timeout = 0;");
        lines.add("ALTER ROLE " + role + " SET lock_timeout = 0;");
        lines.add("ALTER ROLE " + role + " SET idle_in_transaction_session_timeout = 0;");
        lines.add("GRANT pg_monitor, pg_signal_backend TO " + role + ";");
        if (found.major() >= SUBSCRIBE_ROLE_SINCE) {
            lines.add("GRANT pg_create_subscription TO " + role + ";");
        } else {
            lines.add(
                    "-- before 16 only a superuser may make the subscription that leads to this"
                            + " server: ALTER ROLE "
                            + role
                            + " SUPERUSER; or accept the check way-back");
        }
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
