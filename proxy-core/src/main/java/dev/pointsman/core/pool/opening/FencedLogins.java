package dev.pointsman.core.pool.opening;

import dev.pointsman.core.pool.PoolKey;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Our logins to servers whose fence makes new sessions read-only by default: ours ask for what
/// would count without it, so that it binds everybody else alone, and RESET leads clients back to
/// the right value. Any thread.
public final class FencedLogins {
    /// The setting that a fence changes for new sessions.
    public static final String READ_ONLY = "default_transaction_read_only";

    private record Place(String database, String server) {}

    /// What counts without the fence.
    ///
    /// @param value for whoever has no setting of his own
    /// @param own the users who have one, which counts before the fence's
    public record Beginning(String value, Set<String> own) {
        public Beginning {
            own = Set.copyOf(own);
        }
    }

    private final Map<Place, Beginning> known = new ConcurrentHashMap<>();

    /// From now on, until [#end], logins to this server begin so.
    public void begin(String database, String server, Beginning as) {
        known.put(new Place(database, server), as);
    }

    /// Logins begin as the server says.
    public void end(String database, String server) {
        known.remove(new Place(database, server));
    }

    /// What a login asks for in [#READ_ONLY], unless its client asks for something itself.
    public Optional<String> readOnly(PoolKey key) {
        return Optional.ofNullable(known.get(new Place(key.database(), key.server())))
                .filter(as -> !as.own().contains(key.user()))
                .map(Beginning::value);
    }
}
