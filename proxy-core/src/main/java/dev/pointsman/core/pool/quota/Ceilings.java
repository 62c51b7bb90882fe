package dev.pointsman.core.pool.quota;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Limits;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// The bounds that pools share: `max_db_connections` over the users of a database on a server, and
/// `max_user_connections` over a user's databases. The latter counts servers that serve only, so
/// that connections can be opened to a cutover's target before the source's are closed. Any thread.
public final class Ceilings {
    /// One pool.
    public record Pool(String database, String server, String user) {}

    private final Supplier<Config> config;
    private final UnaryOperator<String> serving;
    private final Map<Pool, Quota> quotas = new ConcurrentHashMap<>();
    private final PinCount.All pinned = new PinCount.All();

    /// @param serving the server that serves a database
    public Ceilings(Supplier<Config> config, UnaryOperator<String> serving) {
        this.config = config;
        this.serving = serving;
    }

    /// The slots of a pool. How many of its user's connections stay with their clients.
    public PinCount pinned(Pool pool) {
        return pinned.of(pool.database(), pool.user());
    }

    /// The slots of a pool.
    public Quota of(Pool pool) {
        return quotas.computeIfAbsent(pool, key -> new Quota(new OfPool(key)));
    }

    /// Whether the pool's connections stand in the way of one more for `wanting`.
    public Predicate<Pool> inTheWayOf(Pool wanting) {
        var limits = limits(wanting);
        int maxDb = limits.pool().maxDb();
        boolean database = maxDb > 0 && countOf(sameDatabase(wanting)) + 1 > maxDb;
        boolean user = tooManyOfUser(wanting, limits, 1);
        return pool ->
                (database && sameDatabase(wanting).test(pool))
                        || (user && sameUser(wanting).test(pool));
    }

    /// Whether pools share a bound with `pool`, so that they may go on when it gives a slot back.
    public boolean shares(Pool pool) {
        var limits = limits(pool);
        return limits.pool().maxDb() > 0 || limits.pool().maxUser() > 0;
    }

    private boolean tooManyOfUser(Pool pool, Limits limits, int more) {
        int most = limits.pool().maxUser();
        return most > 0 && serves(pool) && countOf(sameUser(pool)) + more > most;
    }

    private Predicate<Pool> sameDatabase(Pool pool) {
        return other ->
                other.database().equals(pool.database()) && other.server().equals(pool.server());
    }

    private Predicate<Pool> sameUser(Pool pool) {
        return other -> other.user().equals(pool.user()) && serves(other);
    }

    private boolean serves(Pool pool) {
        return config.get().databases().containsKey(pool.database())
                && serving.apply(pool.database()).equals(pool.server());
    }

    private int countOf(Predicate<Pool> which) {
        int sum = 0;
        for (var entry : quotas.entrySet()) {
            if (which.test(entry.getKey())) {
                sum += entry.getValue().taken();
            }
        }
        return sum;
    }

    private Limits limits(Pool pool) {
        var database = config.get().databases().get(pool.database());
        return database == null ? config.get().limits() : database.limits().of(pool.user());
    }

    private final class OfPool implements Quota.Bounds {
        private final Pool pool;

        OfPool(Pool pool) {
            this.pool = pool;
        }

        @Override
        public int size() {
            var database = config.get().databases().get(pool.database());
            return database == null ? 0 : database.poolSize(pool.user());
        }

        @Override
        public int reserve() {
            return limits(pool).pool().reserve();
        }

        @Override
        public boolean crowded(int more) {
            var limits = limits(pool);
            int maxDb = limits.pool().maxDb();
            return (maxDb > 0 && countOf(sameDatabase(pool)) + more > maxDb)
                    || tooManyOfUser(pool, limits, more);
        }
    }
}
