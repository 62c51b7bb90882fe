package dev.pointsman.core.pool.quota;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// How many connections of one user stay with one client each, on all servers of a database: when
/// another one serves they go there. Any thread.
public final class PinCount {
    private final AtomicInteger count = new AtomicInteger();

    private PinCount() {}

    /// Those of all users and databases.
    public static final class All {
        private record Owner(String database, String user) {}

        private final Map<Owner, PinCount> counts = new ConcurrentHashMap<>();

        public PinCount of(String database, String user) {
            return counts.computeIfAbsent(new Owner(database, user), _ -> new PinCount());
        }
    }

    /// Counts one more, unless there are `most` of them.
    public boolean tryAdd(int most) {
        int now = count.get();
        while (now < most) {
            if (count.compareAndSet(now, now + 1)) {
                return true;
            }
            now = count.get();
        }
        return false;
    }

    public void remove() {
        count.decrementAndGet();
    }
}
