package dev.pointsman.core.pool.quota;

import java.util.concurrent.atomic.AtomicInteger;

/// The slots of one database, server and user over all event loops. One is taken from before a
/// connection is opened until it is closed. Any thread, no locks.
public final class Quota {
    /// What bounds it, asked anew each time.
    public interface Bounds {
        /// The pool's size.
        int size();

        /// So many more for those who have waited for long.
        int reserve();

        /// Whether `more` connections would be too many together with those of other pools.
        boolean crowded(int more);
    }

    private final AtomicInteger taken = new AtomicInteger();
    private final Bounds bounds;

    public Quota(Bounds bounds) {
        this.bounds = bounds;
    }

    public int taken() {
        return taken.get();
    }

    public int size() {
        return bounds.size();
    }

    /// More are taken than there may be, since a bound was made smaller.
    public boolean isOver() {
        return taken.get() > bounds.size() + bounds.reserve() || bounds.crowded(0);
    }

    /// Whether [#tryTake] would have succeeded.
    public boolean hasOne() {
        return taken.get() < bounds.size() && !bounds.crowded(1);
    }

    /// Whether other pools are in the way.
    public boolean isCrowded() {
        return bounds.crowded(1);
    }

    public boolean tryTake() {
        return takeBelow(bounds.size());
    }

    /// One of those that are for who has waited for long.
    public boolean tryTakeReserve() {
        return takeBelow(bounds.size() + bounds.reserve());
    }

    public void giveBack() {
        taken.decrementAndGet();
    }

    /// Whoever counts does so after taking, so that two never both believe in the last place.
    private boolean takeBelow(int limit) {
        int now = taken.get();
        while (now < limit) {
            if (taken.compareAndSet(now, now + 1)) {
                if (!bounds.crowded(0)) {
                    return true;
                }
                taken.decrementAndGet();
                return false;
            }
            now = taken.get();
        }
        return false;
    }
}
