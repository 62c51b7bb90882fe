package dev.pointsman.core.listen;

import dev.pointsman.core.pool.PoolKey;
import dev.pointsman.core.server.login.ServerParameters;
import dev.pointsman.core.session.carry.AskedSettings;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What servers reported when we logged in, so that clients can log in without a server connection.
/// Any thread.
public final class KnownParameters {
    private record Place(String database, String server, String user) {}

    /// @param coloured names whose value is one that a client had asked for
    private record Report(Map<String, String> values, Set<String> coloured) {
        private static final Report NOTHING = new Report(Map.of(), Set.of());

        /// Without what a client had asked for.
        Map<String, String> own() {
            var own = new LinkedHashMap<>(values);
            own.keySet().removeIf(name -> coloured.contains(name.toLowerCase(Locale.ROOT)));
            return own;
        }

        /// The same after a login with these settings asked for: a server's own value is kept.
        Report with(Map<String, String> reported, Set<String> asked) {
            var values = new LinkedHashMap<String, String>();
            var coloured = new HashSet<String>();
            reported.forEach(
                    (name, value) -> {
                        String lower = name.toLowerCase(Locale.ROOT);
                        String before = this.values.get(name);
                        boolean own = !asked.contains(lower);
                        boolean known = before != null && !this.coloured.contains(lower);
                        values.put(name, known && !own ? before : value);
                        if (!own && !known) {
                            coloured.add(lower);
                        }
                    });
            return new Report(values, coloured);
        }
    }

    private static final String ANYBODY = "";

    private final Map<Place, Report> known = new ConcurrentHashMap<>();

    /// A connection was opened.
    public void learn(PoolKey key, ServerParameters reported) {
        Map<String, String> copy = reported.asMap();
        Set<String> asked = AskedSettings.of(key.options().values()).keySet();
        for (String user : Set.of(key.user(), ANYBODY)) {
            known.merge(
                    new Place(key.database(), key.server(), user),
                    Report.NOTHING.with(copy, asked),
                    (before, _) -> before.with(copy, asked));
        }
    }

    /// What this user's connections report when they are opened without anything asked for, but for
    /// what this client asks for; nothing when that is not known of every value.
    ///
    /// @param asked names in lower case
    Optional<Map<String, String>> of(
            String database, String server, String user, Set<String> asked) {
        return Optional.ofNullable(known.get(new Place(database, server, user)))
                .filter(report -> asked.containsAll(report.coloured()))
                .map(Report::values);
    }

    /// The next best to tell a user of whom nothing is known: what another's connections to the
    /// server reported, or to any other server of the database.
    Optional<Map<String, String>> near(String database, String server) {
        Report here = known.get(new Place(database, server, ANYBODY));
        if (here != null) {
            return Optional.of(here.own());
        }
        return known.entrySet().stream()
                .filter(entry -> entry.getKey().database().equals(database))
                .findFirst()
                .map(entry -> entry.getValue().own());
    }
}
