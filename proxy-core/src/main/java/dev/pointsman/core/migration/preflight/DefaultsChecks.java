package dev.pointsman.core.migration.preflight;

import dev.pointsman.core.migration.OurSchema;
import dev.pointsman.core.migration.defaults.ReadOnlyDefault;
import dev.pointsman.core.migration.defaults.ServerDefaults;
import dev.pointsman.core.migration.defaults.SettingsDifference;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Whether applications would begin their sessions on the target as on the source. One that is
/// read-only by a default would fail with its writes; another `search_path` would send them
/// elsewhere.
final class DefaultsChecks {
    private static final String READ_ONLY = "read-only";
    private static final String SETTINGS = "app-settings";

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
        var names = new TreeSet<>(SessionChecks.applications(subject));
        names.add(SettingsDifference.ANYBODY);
        var found = ReadOnlyDefault.of(target, names, target.call(OurSchema::isFenced));
        found.keySet().removeAll(ReadOnlyDefault.of(subject.source(), names, false).keySet());
        var anybody = found.remove(SettingsDifference.ANYBODY);
        if (found.isEmpty() && anybody == null) {
            rows.pass(READ_ONLY, target, "writable");
            return;
        }
        if (anybody != null && found.isEmpty() && names.size() > 1) {
            rows.warn(
                    READ_ONLY,
                    target,
                    "sessions are read-only by default, but not those of the applications known"
                            + " now, who have defaults of their own",
                    anybody.reset());
            return;
        }
        var mends = new TreeSet<String>();
        found.values().forEach(one -> mends.add(one.reset()));
        if (anybody != null) {
            mends.add(anybody.reset());
        }
        var users =
                found.entrySet().stream()
                        .filter(one -> one.getValue().ofRole())
                        .map(Map.Entry::getKey)
                        .toList();
        var all = anybody != null || users.size() < found.size();
        rows.failCutover(
                READ_ONLY,
                target,
                (all ? "the database is" : Findings.named("users are", users))
                        + " read-only by default, and not so on the source: writes would fail with"
                        + " 25006",
                String.join("; ", mends));
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
