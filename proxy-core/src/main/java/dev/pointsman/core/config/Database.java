package dev.pointsman.core.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A database as clients know it, with the servers that it may live on.
///
/// @param serve the server that serves while no server carries a record of ours
/// @param servers by name, in the order of the file; one at least
/// @param limits the global ones with those of this database over them
/// @param unnamed whether no file names it: it is there since somebody logged in to it
public record Database(
        String name,
        PoolSettings pool,
        String serve,
        Map<String, Server> servers,
        CutoverSettings cutover,
        Limits limits,
        boolean unnamed) {
    /// The name in a file that stands for all that are not there.
    public static final String WILDCARD = "*";

    /// Names that belong to the admin console.
    public static final Set<String> CONSOLES = Set.of("pointsman", "pgbouncer");

    public Database {
        servers = Config.inOrder(servers);
    }

    /// What the wildcard makes of a name: the database of that name on the wildcard's server.
    public Database opened(String other) {
        var there = new LinkedHashMap<String, Server>();
        servers.forEach((server, settings) -> there.put(server, settings.in(other)));
        return new Database(other, pool, serve, there, cutover, limits, /* unnamed= */ true);
    }

    /// The server of that name, which must exist.
    public Server server(String server) {
        var found = servers.get(server);
        if (found == null) {
            throw new IllegalArgumentException(
                    "database "
                            + name
                            + " has no server "
                            + server
                            + ", it has "
                            + servers.keySet());
        }
        return found;
    }

    /// How many server connections a user's pool may have, on each server.
    public int poolSize(String user) {
        int own = limits.of(user).pool().ofUser();
        return own > 0 ? own : pool.size();
    }

    /// As whom a client goes to the servers.
    public String serverUser(String client) {
        return pool.user().isEmpty() ? client : pool.user();
    }

    /// How server connections are lent.
    ///
    /// @param size per server, database and user, over all event loops
    /// @param user as whom all clients go to the servers; empty: each as itself
    /// @param maxPinned of these, how many transaction mode may leave with one client each
    /// @param follow settings that follow their clients besides those that servers report
    public record PoolSettings(
            PoolMode mode, int size, String user, int maxPinned, List<String> follow) {
        public PoolSettings {
            follow = List.copyOf(follow);
        }

        /// Each client as itself, and what holds where a file says no more.
        public PoolSettings(PoolMode mode, int size) {
            this(mode, size, "", maxPinned(size), List.of());
        }

        /// How many may be pinned where a file does not say.
        public static int maxPinned(int size) {
            return size / 2;
        }
    }

    /// For how long a client keeps a server connection.
    public enum PoolMode {
        /// Until it leaves.
        SESSION,
        /// For one transaction.
        TRANSACTION
    }
}
