package dev.pointsman.core.migration.preflight;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.config.CutoverSettings.Strangers;
import dev.pointsman.core.migration.OurSchema;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Who is at work on the servers now, and what holds replication up.
final class SessionChecks {
    private static final String HEARTBEATS =
            "SELECT to_regclass('pointsman.heartbeat') IS NOT NULL";
    private static final String BEATING =
            """
            SELECT 'pointsman/' || instance FROM pointsman.heartbeat
             WHERE instance <> ? AND at > clock_timestamp() - ? * interval '1 ms'\
            """;

    private static final String LOGGED_IN =
            """
            SELECT DISTINCT usename FROM pg_stat_activity
             WHERE datname = current_database() AND backend_type = 'client backend'
               AND application_name NOT LIKE 'pointsman/%'
               AND usename NOT IN ('rdsadmin', 'cloudsqladmin', 'azuresu')\
            """;
    private static final String SUPERUSERS =
            "SELECT rolname FROM pg_roles WHERE rolsuper AND rolname = ANY (?) ORDER BY 1";

    private SessionChecks() {}

    static List<Looking> all() {
        return List.of(
                Looking.source("prepared-transactions", SessionChecks::prepared),
                Looking.source("long-transactions", SessionChecks::longTransactions),
                Looking.source(Preflight.SUPERUSERS, SessionChecks::superusers).ofCutover(),
                Looking.source("role-timeouts", SessionChecks::timeouts),
                Looking.source("other-instance", SessionChecks::otherInstances));
    }

    private static void prepared(Subject subject, Findings rows) throws SQLException {
        for (var cluster : subject.both()) {
            var found =
                    texts(
                            cluster,
                            "SELECT gid || ' in ' || database FROM pg_prepared_xacts ORDER BY 1");
            if (found.isEmpty()) {
                rows.pass("prepared-transactions", cluster, "none");
            } else {
                rows.fail(
                        "prepared-transactions",
                        cluster,
                        "slots would wait forever for " + Findings.named("transactions", found),
                        "COMMIT PREPARED or ROLLBACK PREPARED each");
            }
        }
    }

    private static void longTransactions(Subject subject, Findings rows) throws SQLException {
        for (var cluster : subject.both()) {
            var found =
                    texts(
                            cluster,
                            """
                            SELECT 'pid ' || pid || ' (' || coalesce(usename, '?') || ' in '
                                   || coalesce(datname, '?') || ', '
                                   || date_trunc('second', clock_timestamp() - xact_start) || ')'
                              FROM pg_stat_activity
                             WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
                               AND xact_start < clock_timestamp() - interval '10 s' ORDER BY 1\
                            """);
            if (!found.isEmpty()) {
                rows.warn(
                        "long-transactions",
                        cluster,
                        "slots wait for " + Findings.named("open transactions", found),
                        "Let them end; SELECT pg_terminate_backend(pid) if they do not");
            }
        }
    }

    /// A fence does not hold superusers off. The control role may be one, and people come as it; an
    /// application should not, but is let through: what it writes past the proxy is a stray.
    private static void superusers(Subject subject, Findings rows) throws SQLException {
        var source = subject.source();
        var ignored = source.database().cutover().ignoreStrangers();
        var found = new ArrayList<String>();
        var applications = names(applications(subject));
        for (var role : source.call(on -> Sql.texts(on, SUPERUSERS, applications))) {
            if (!ignored.contains(role)) {
                found.add(role);
            }
        }
        var control = subject.sourceFacts().rights().user();
        var asControl = found.remove(control);
        var policy = source.database().cutover().strangers();
        var strangers = new ArrayList<>(found);
        strangers.removeIf(role -> policy == Strangers.REFUSE || configured(source).contains(role));
        found.removeAll(strangers);
        if (!found.isEmpty()) {
            rows.failCutover(
                    Preflight.SUPERUSERS,
                    source,
                    Findings.named(
                            "roles of applications are superusers, whom no fence holds off", found),
                    "Let them log in as ordinary roles; whoever is no application belongs into"
                            + " cutover.ignore_strangers.");
        }
        if (!strangers.isEmpty()) {
            rows.warn(
                    Preflight.SUPERUSERS,
                    source,
                    Findings.named("superusers are logged in, whom no fence holds off", strangers),
                    "See that they are no applications; cutover.strangers says what becomes of"
                            + " their sessions.");
        }
        if (asControl && configured(source).contains(control)) {
            rows.failOnly(
                    Preflight.SUPERUSERS,
                    source,
                    "clients may log in as the control role "
                            + control
                            + ", a superuser, whom no fence holds off",
                    "Take it from users, and let applications log in as an ordinary role.");
        } else if (asControl) {
            rows.warn(
                    Preflight.SUPERUSERS,
                    source,
                    "somebody else is logged in as the control role "
                            + control
                            + ", a superuser, whom no fence holds off",
                    "See that it is no application.");
        } else if (found.isEmpty() && strangers.isEmpty()) {
            rows.pass(Preflight.SUPERUSERS, source, "no application logs in as a superuser");
        }
    }

    /// As whom clients are at work on the source, or may be through this proxy.
    static Set<String> applications(Subject subject) throws SQLException {
        var roles = new TreeSet<>(configured(subject.source()));
        roles.addAll(loggedIn(subject.source()));
        return roles;
    }

    /// Whose rights and logins the target must match: the configured users; where none is, who is
    /// at work on the source and is no known stranger.
    static Set<String> users(Subject subject) throws SQLException {
        var source = subject.source();
        var roles = new TreeSet<>(configured(source));
        if (roles.isEmpty()) {
            roles.addAll(loggedIn(source));
            roles.removeAll(source.database().cutover().ignoreStrangers());
            roles.remove(subject.sourceFacts().rights().user());
        }
        return roles;
    }

    /// As whom anybody but us is at work on a server now.
    static List<String> loggedIn(Cluster on) throws SQLException {
        return texts(on, LOGGED_IN);
    }

    /// As whom clients may come to a server through this proxy, by its settings.
    static Set<String> configured(Cluster on) {
        var roles = new TreeSet<String>();
        on.server().users().keySet().forEach(user -> roles.add(on.database().serverUser(user)));
        return roles;
    }

    private static Object names(Set<String> roles) {
        return roles.toArray(String[]::new);
    }

    /// Time limits of the control role hit the walsender of a long copy as well.
    private static void timeouts(Subject subject, Findings rows) throws SQLException {
        for (var cluster : subject.both()) {
            var found =
                    cluster.call(
                            connection ->
                                    Sql.texts(
                                            connection,
                                            """
                                            SELECT c FROM pg_db_role_setting s, unnest(s.setconfig) c
                                             WHERE (s.setrole = 0 OR s.setrole = quote_ident(current_user)::regrole)
                                               AND (s.setdatabase = 0 OR s.setdatabase =
                                                    (SELECT oid FROM pg_database
                                                      WHERE datname = current_database()))
                                               AND c ~ '^(statement|lock|transaction|idle_in_transaction_session)_timeout='
                                               AND c !~ '=0$' ORDER BY 1\
                                            """));
            if (!found.isEmpty()) {
                rows.warn(
                        "role-timeouts",
                        cluster,
                        "copies run under " + String.join(", ", found),
                        "ALTER ROLE "
                                + Sql.identifier(subject.facts(cluster).rights().user())
                                + " SET statement_timeout = 0; likewise the others");
            }
        }
    }

    private static void otherInstances(Subject subject, Findings rows) throws SQLException {
        var mine = "pointsman/" + subject.instance();
        var found =
                subject.source()
                        .call(
                                connection ->
                                        Sql.texts(
                                                connection,
                                                """
                                                SELECT DISTINCT application_name FROM pg_stat_activity
                                                 WHERE application_name LIKE 'pointsman/%'
                                                   AND datname = current_database()
                                                   AND application_name <> ?\
                                                """,
                                                mine));
        var beating =
                subject.source()
                        .call(
                                connection ->
                                        Sql.is(connection, HEARTBEATS)
                                                ? Sql.texts(
                                                        connection,
                                                        BEATING,
                                                        subject.instance(),
                                                        OurSchema.HEART_BEATS_WITHIN.toMillis())
                                                : List.<String>of());
        found.addAll(beating);
        if (!found.isEmpty()) {
            rows.unsafe(
                    "other-instance",
                    subject.source(),
                    "another proxy is at work here: " + String.join(", ", found),
                    "Stop it, or migrate through it.");
        }
    }

    private static List<String> texts(Cluster cluster, String sql) throws SQLException {
        return cluster.call(connection -> Sql.texts(connection, sql));
    }
}
