package dev.pointsman.core.migration.preflight;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.migration.OurSchema;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// Whether the target lets in whom the source lets in: by what both store, and by trying. Each is
/// tried once, however often this is asked. One thread at a time.
final class LoginChecks {
    private static final String ID = "app-logins";
    private static final String TOO_MANY_CONNECTIONS = "53300";
    private static final String VERIFIERS =
            "SELECT rolname, coalesce(rolpassword, '') FROM pg_authid WHERE rolname = ANY(?)";

    private static final String MAY_LOG_IN =
            """
            SELECT rolname FROM pg_roles WHERE rolname = ANY (?) AND rolcanlogin
               AND coalesce(rolvaliduntil > clock_timestamp(), true) ORDER BY 1\
            """;

    /// What came of each trial so far.
    private final Map<Trial, Optional<String>> tried = new HashMap<>();

    private record Trial(String server, String role, Secret password) {}

    List<Looking> all() {
        return List.of(
                Looking.target(ID, LoginChecks::verifiersAlike),
                Looking.target(ID, this::logins).ofCutover());
    }

    /// The proxy logs in as applications by what their clients' proofs reveal, where it knows no
    /// password: that fits one stored verifier only.
    private static void verifiersAlike(Subject subject, Findings rows) throws SQLException {
        var configured = subject.target().server().users();
        var unknown = new TreeSet<>(SessionChecks.loggedIn(subject.source()));
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
                    ID,
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
            rows.pass(ID, subject.target(), "stores the same verifiers as the source");
        } else {
            rows.warn(
                    ID,
                    subject.target(),
                    Findings.named(
                            "users have another password or verifier here", List.copyOf(unknown)),
                    "Carry the source's over (pg_dumpall --roles-only), or configure their"
                            + " passwords; not needed for users of auth passthrough.");
        }
    }

    /// Tried: a role without its password would be let in nowhere once the target serves. Who
    /// cannot log in on the source either is no user of this database. A fenced target lets nobody
    /// in: there the catalogs say what they can.
    private void logins(Subject subject, Findings rows) throws SQLException {
        var target = subject.target();
        if (target.call(OurSchema::isFenced)) {
            behindTheFence(subject, rows);
            return;
        }
        var refused = new ArrayList<String>();
        var mends = new ArrayList<String>();
        var roles = new TreeMap<String, Secret>();
        for (var role : SessionChecks.configured(target)) {
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
            rows.pass(ID, target, roles.size() + " users tried with their passwords");
            return;
        }
        rows.failCutover(
                ID,
                target,
                Findings.named("users can log in on the source and not here", refused),
                String.join("; ", mends)
                        + ", as on the source (pg_dumpall --roles-only carries passwords over);"
                        + " else see its pg_hba.conf and the right to connect.");
    }

    private static void behindTheFence(Subject subject, Findings rows) throws SQLException {
        var target = subject.target();
        var roles = SessionChecks.users(subject).toArray(String[]::new);
        var refused = mayLogIn(subject.source(), roles);
        refused.removeAll(mayLogIn(target, roles));
        if (refused.isEmpty()) {
            rows.pass(
                    ID,
                    target,
                    "%d users may log in by its catalogs; no password was tried: %s is fenced"
                            .formatted(roles.length, target.name()));
            return;
        }
        var mends = new ArrayList<String>();
        refused.forEach(
                role ->
                        mends.add(
                                "ALTER ROLE "
                                        + Sql.identifier(role)
                                        + " LOGIN VALID UNTIL 'infinity'"));
        rows.failCutover(
                ID,
                target,
                Findings.named(
                        "users may log in on the source and not here, where they are missing, may"
                                + " not log in, or have a password that is valid no more",
                        refused),
                String.join("; ", mends) + ", as on the source");
    }

    private static List<String> mayLogIn(Cluster on, Object roles) throws SQLException {
        return on.call(connection -> Sql.texts(connection, MAY_LOG_IN, roles));
    }

    /// Whether the role is nobody there, as far as that can be tried.
    private boolean isRefused(Cluster on, String role) throws SQLException {
        var known = on.server().users().get(role);
        return known == null
                || (known.secret() instanceof Secret.Clear password
                        && refusal(on, role, password).isPresent());
    }

    /// What a server has against a role; it asks for the password before it counts connections.
    private Optional<String> refusal(Cluster on, String role, Secret password) throws SQLException {
        var trial = new Trial(on.name(), role, password);
        var known = tried.get(trial);
        if (known != null) {
            return known;
        }
        var found = tryLogin(on, role, password);
        tried.put(trial, found);
        return found;
    }

    private static Optional<String> tryLogin(Cluster on, String role, Secret password)
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
}
