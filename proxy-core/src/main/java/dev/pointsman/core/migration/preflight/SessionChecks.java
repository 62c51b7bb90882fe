package dev.pointsman.core.migration.preflight;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.config.CutoverSettings.Strangers;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.migration.OurSchema;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Who is at work on the servers now, and what holds replication up.
final class SessionChecks {
    private static final String HEARTBEATS =
            "SELECT to_regclass('pointsman.heartbeat') IS NOT NULL";
    private static final String BEATING =
            """
            SELECT 'pointsman/' || instance FROM pointsman.heartbeat
             WHERE instance <> ? AND at > clock_timestamp() - interval '30 s'\
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

    private static final String APP_LOGINS = "app-logins";
    private static final String TOO_MANY_CONNECTIONS = "53300";
    private static final String VERIFIERS =
            "SELECT rolname, coalesce(rolpassword, '') FROM pg_authid WHERE rolname = ANY(?)";

    private SessionChecks() {}

    static List<Looking> all() {
        return List.of(
                Looking.source("prepared-transactions", SessionChecks::prepared),
                Looking.source("long-transactions", SessionChecks::longTransactions),
                Looking.source(Preflight.SUPERUSERS, SessionChecks::superusers).ofCutover(),
                Looking.source("role-timeouts", SessionChecks::timeouts),
                Looking.source("other-instance", SessionChecks::otherInstances),
                Looking.target(APP_LOGINS, SessionChecks::verifiersAlike),
                Looking.target(APP_LOGINS, SessionChecks::logins).ofCutover());
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
        roles.addAll(texts(subject.source(), LOGGED_IN));
        return roles;
    }

    private static Set<String> configured(Cluster on) {
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
                                             WHERE (s.setrole = 0 OR s.setrole = current_user::regrole)
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
                                                ? Sql.texts(connection, BEATING, subject.instance())
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

    /// The proxy logs in as applications by what their clients' proofs reveal, where it knows no
    /// password: that fits one stored verifier only.
    private static void verifiersAlike(Subject subject, Findings rows) throws SQLException {
        var configured = subject.target().server().users();
        var unknown = new TreeSet<>(texts(subject.source(), LOGGED_IN));
        unknown.remove(subject.sourceFacts().rights().user());
        unknown.addAll(configured.keySet());
        unknown.removeIf(
                role -> {
                    var user = configured.get(role);
                    return user != null && user.secret() instanceof Secret.Clear;
                });
        if (unknown.isEmpty()) {
            return;
        }
        var names = unknown.toArray(String[]::new);
        var here = verifiers(subject.source(), names);
        var there = verifiers(subject.target(), names);
        if (here.isEmpty() || there.isEmpty()) {
            rows.warn(
                    APP_LOGINS,
                    subject.target(),
                    Findings.named(
                            "users, whose passwords the proxy does not know, may have others here"
                                    + " (the control role may not read pg_authid)",
                            List.copyOf(unknown)),
                    "With auth passthrough let each log in once before the cutover; else see that"
                            + " both servers store the same verifiers, or configure passwords.");
            return;
        }
        unknown.removeIf(role -> Objects.equals(here.get().get(role), there.get().get(role)));
        if (unknown.isEmpty()) {
            rows.pass(APP_LOGINS, subject.target(), "stores the same verifiers as the source");
        } else {
            rows.warn(
                    APP_LOGINS,
                    subject.target(),
                    Findings.named(
                            "users have another password or verifier here", List.copyOf(unknown)),
                    "Carry the source's over (pg_dumpall --roles-only), or configure their"
                            + " passwords; not needed for users of auth passthrough.");
        }
    }

    /// Tried: a role without its password would be let in nowhere once the target serves. Who
    /// cannot log in on the source either is no user of this database. A fenced target lets nobody
    /// in; the connections that a run warms tell there.
    private static void logins(Subject subject, Findings rows) throws SQLException {
        var target = subject.target();
        if (target.call(OurSchema::isFenced)) {
            return;
        }
        var refused = new ArrayList<String>();
        var mends = new ArrayList<String>();
        var roles = new TreeMap<String, Secret>();
        for (var role : configured(target)) {
            var user = target.server().users().get(role);
            if (user != null && user.secret() instanceof Secret.Clear password) {
                roles.put(role, password);
            }
        }
        for (var role : roles.entrySet()) {
            var why = refusal(target, role.getKey(), role.getValue());
            if (why.isPresent() && !isRefused(subject.source(), role.getKey())) {
                refused.add(role.getKey() + " (" + why.get() + ")");
                mends.add("ALTER ROLE " + Sql.identifier(role.getKey()) + " LOGIN PASSWORD '...'");
            }
        }
        if (refused.isEmpty()) {
            rows.pass(APP_LOGINS, target, roles.size() + " users tried with their passwords");
            return;
        }
        rows.failCutover(
                APP_LOGINS,
                target,
                Findings.named("users can log in on the source and not here", refused),
                String.join("; ", mends)
                        + ", as on the source (pg_dumpall --roles-only carries passwords over);"
                        + " else see its pg_hba.conf and the right to connect.");
    }

    /// Whether the role is nobody there, as far as that can be tried.
    private static boolean isRefused(Cluster on, String role) throws SQLException {
        var known = on.server().users().get(role);
        return known == null
                || (known.secret() instanceof Secret.Clear password
                        && refusal(on, role, password).isPresent());
    }

    /// What a server has against a role; it asks for the password before it counts connections.
    private static Optional<String> refusal(Cluster on, String role, Secret password)
            throws SQLException {
        try {
            on.tryLogin(role, password);
            return Optional.empty();
        } catch (SQLException e) {
            var state = String.valueOf(e.getSQLState());
            if (state.equals(TOO_MANY_CONNECTIONS)) {
                return Optional.empty();
            }
            if (!state.startsWith("28") && !state.equals("42501")) {
                throw new SQLException("user " + role + ": " + e.getMessage(), state, e);
            }
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /// What is stored for each role; empty when the control role may not know.
    private static Optional<Map<String, String>> verifiers(Cluster on, String[] roles)
            throws SQLException {
        var stored = new TreeMap<String, String>();
        try {
            on.call(
                    connection -> {
                        try (var statement = connection.prepareStatement(VERIFIERS)) {
                            statement.setArray(1, connection.createArrayOf("text", roles));
                            try (var found = statement.executeQuery()) {
                                while (found.next()) {
                                    stored.put(found.getString(1), found.getString(2));
                                }
                            }
                        }
                        return stored;
                    });
            return Optional.of(stored);
        } catch (SQLException e) {
            if ("42501".equals(e.getSQLState())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static List<String> texts(Cluster cluster, String sql) throws SQLException {
        return cluster.call(connection -> Sql.texts(connection, sql));
    }
}
