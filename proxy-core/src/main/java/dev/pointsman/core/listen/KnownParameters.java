package dev.pointsman.core.listen;

import dev.pointsman.core.pool.PoolKey;
import dev.pointsman.core.pool.StartupOptions;
import dev.pointsman.core.server.login.ServerParameters;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// What servers reported when we logged in, so that clients can log in without a server connection.
/// Any thread.
public final class KnownParameters {
    private record Place(String database, String server, String user) {}

    private static final String ANYBODY = "";

    private final Map<Place, Map<String, String>> known = new ConcurrentHashMap<>();

    /// A connection was opened.
    public void learn(PoolKey key, ServerParameters reported) {
        Map<String, String> copy = reported.asMap();
        Place own = new Place(key.database(), key.server(), key.user());
        if (key.options().equals(StartupOptions.NONE)) {
            known.put(own, copy);
        } else {
            // These may be coloured by one client's own options.
            known.putIfAbsent(own, copy);
        }
        known.put(new Place(key.database(), key.server(), ANYBODY), copy);
    }

    /// What this user's connections report.
    Optional<Map<String, String>> of(String database, String server, String user) {
        return Optional.ofNullable(known.get(new Place(database, server, user)));
    }

    /// The next best to tell a user of whom nothing is known: what another's connections to the
    /// server reported, or to any other server of the database.
    Optional<Map<String, String>> near(String database, String server) {
        Map<String, String> here = known.get(new Place(database, server, ANYBODY));
        if (here != null) {
            return Optional.of(here);
        }
        return known.entrySet().stream()
                .filter(entry -> entry.getKey().database().equals(database))
                .findFirst()
                .map(Map.Entry::getValue);
    }
}
