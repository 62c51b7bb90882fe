package dev.pointsman.core.migration.preflight;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.OurSchema;
import dev.pointsman.core.migration.defaults.ServerDefaults;
import dev.pointsman.core.migration.defaults.SettingsDifference;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/// Whether applications would begin their sessions on the target as on the source. One that is
/// read-only by a default would fail with its writes; another `search_path` would send them
/// elsewhere.
final class DefaultsChecks {
    private static final String READ_ONLY = "read-only";
    private static final String SETTINGS = "app-settings";

    /// The default that counts for each role, where one is set, as the server picks it: a role's
    /// own in this database before the role's, that before the database's, that before everybody's.
    /// The empty name is anybody who has none of his own.
    private static final String DEFAULTS =
            """
            WITH said AS (
              SELECT s.setrole, s.setdatabase,
                     substr(c, 31) ~* '^(on|t|tr|tru|true|y|ye|yes|1)$' AS read_only
                FROM pg_db_role_setting s, unnest(s.setconfig) c
               WHERE starts_with(c, 'default_transaction_read_only=')
                 AND (s.setdatabase = 0
                      OR s.setdatabase = (SELECT oid FROM pg_database
                                           WHERE datname = current_database())
                         AND (s.setrole <> 0 OR NOT ?::bool)))
            SELECT n.name, e.read_only, e.setrole <> 0, e.setdatabase <> 0
              FROM unnest(?::text[]) n(name) LEFT JOIN pg_roles r ON r.rolname = n.name,
                   LATERAL (SELECT * FROM said WHERE setrole IN (0, r.oid)
                             ORDER BY setrole <> 0 DESC, setdatabase <> 0 DESC LIMIT 1) e\
            """;

    private static final String ANYBODY = "";

    /// What is set for one role, and for whom else.
    private record Default(String role, boolean readOnly, boolean own, boolean inDatabase) {
        String reset(String database) {
            return "ALTER "
                    + (own
                            ? "ROLE "
                                    + Sql.identifier(role)
                                    + (inDatabase ? " IN DATABASE " + database : "")
                            : inDatabase ? "DATABASE " + database : "ROLE ALL")
                    + " RESET default_transaction_read_only";
        }
    }

    private DefaultsChecks() {}

    static List<Looking> all() {
        return List.of(
                Looking.target(READ_ONLY, DefaultsChecks::readOnly).ofCutover(),
                Looking.target(SETTINGS, DefaultsChecks::servers),
                Looking.target(SETTINGS, DefaultsChecks::settings).ofCutover());
    }

    /// What our own fence has set on the target goes with it.
    private static void readOnly(Subject subject, Findings rows) throws SQLException {
        var target = subject.target();
        var names = new ArrayList<>(SessionChecks.applications(subject));
        names.add(ANYBODY);
        var fenced = target.call(OurSchema::isFenced);
        var found = new TreeMap<String, Default>();
        for (var one : readOnly(target, names, fenced)) {
            found.put(one.role(), one);
        }
        readOnly(subject.source(), names, false).forEach(one -> found.remove(one.role()));
        var anybody = found.remove(ANYBODY);
        if (found.isEmpty() && anybody == null) {
            rows.pass(READ_ONLY, target, "writable");
            return;
        }
        var database = Sql.identifier(target.server().dbname());
        if (anybody != null && found.isEmpty() && names.size() > 1) {
            rows.warn(
                    READ_ONLY,
                    target,
                    "sessions are read-only by default, but not those of the applications known"
                            + " now, who have defaults of their own",
                    anybody.reset(database));
            return;
        }
        var mends = new TreeSet<String>();
        found.values().forEach(one -> mends.add(one.reset(database)));
        if (anybody != null) {
            mends.add(anybody.reset(database));
        }
        var users = found.values().stream().filter(Default::own).map(Default::role).toList();
        var all = anybody != null || users.size() < found.size();
        rows.failCutover(
                READ_ONLY,
                target,
                (all ? "the database is" : Findings.named("users are", users))
                        + " read-only by default, and not so on the source: writes would fail with"
                        + " 25006",
                String.join("; ", mends));
    }

    /// Those of the roles that are read-only by a default.
    private static List<Default> readOnly(Cluster on, List<String> roles, boolean fenced)
            throws SQLException {
        Object names = roles.toArray(String[]::new);
        return on
                .call(
                        connection ->
                                Sql.list(
                                        connection,
                                        DEFAULTS,
                                        row ->
                                                new Default(
                                                        row.getString(1),
                                                        row.getBoolean(2),
                                                        row.getBoolean(3),
                                                        row.getBoolean(4)),
                                        fenced,
                                        names))
                .stream()
                .filter(Default::readOnly)
                .toList();
    }

    /// Of the users that are configured; where none is, of those that are at work now, and of
    /// whoever else may come.
    private static void settings(Subject subject, Findings rows) throws SQLException {
        var target = subject.target();
        var roles = new TreeSet<>(SessionChecks.users(subject));
        var users = roles.size();
        if (SessionChecks.configured(subject.source()).isEmpty()) {
            roles.add(SettingsDifference.ANYBODY);
        }
        var found = SettingsDifference.between(subject.source(), target, roles);
        if (!found.words().isEmpty()) {
            rows.failCutover(
                    SETTINGS,
                    target,
                    Findings.named(
                            "settings of new sessions are not as on the source", found.words()),
                    found.mend());
        }
        if (!found.otherWords().isEmpty()) {
            rows.warn(
                    SETTINGS,
                    target,
                    Findings.named(
                            "other settings of new sessions are not as on the source",
                            found.otherWords()),
                    found.otherMend());
        }
        if (found.words().isEmpty() && found.otherWords().isEmpty()) {
            rows.pass(SETTINGS, target, users + " users begin with the settings of the source");
        }
    }

    private static void servers(Subject subject, Findings rows) throws SQLException {
        var found = ServerDefaults.differences(subject.source(), subject.target());
        if (!found.isEmpty()) {
            rows.warn(
                    SETTINGS,
                    subject.target(),
                    Findings.named("defaults of the server are not as on the source", found),
                    "Where that is not meant: ALTER SYSTEM SET each, then SELECT"
                            + " pg_reload_conf()");
        }
    }
}
