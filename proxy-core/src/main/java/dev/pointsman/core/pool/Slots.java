package dev.pointsman.core.pool;

import dev.pointsman.core.pool.quota.Ceilings;
import dev.pointsman.core.pool.quota.PinCount;
import dev.pointsman.core.pool.quota.Quota;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// What the event loops share about one server of one database: whether it is sealed, which
/// connections are outdated, and how many more may be opened. Any thread, no locks.
final class Slots {
    /// A loop's pool that waits for a slot.
    interface Hungry {
        /// A slot may be free. Any thread.
        void onSlotFree();

        /// When its longest waiting borrower came, in ticker time. Any thread.
        long hungrySince();

        /// What that borrower waits for. Any thread.
        PoolKey hungryFor();

        /// Whose loop it is. Any thread.
        LoopPool pool();
    }

    /// The slots of one user. One is taken from before a connection is opened until it is closed.
    static final class OfUser {
        private final PinCount pinned;
        private final ConcurrentLinkedQueue<Hungry> hungry = new ConcurrentLinkedQueue<>();
        private final Quota quota;
        private final Runnable freed;

        /// @param freed is told that a slot came back, on whatever thread
        OfUser(Ceilings ceilings, Ceilings.Pool pool, Runnable freed) {
            this.quota = ceilings.of(pool);
            this.pinned = ceilings.pinned(pool);
            this.freed = freed;
        }

        int taken() {
            return quota.taken();
        }

        int size() {
            return quota.size();
        }

        /// More are taken than there are, since the size was made smaller.
        boolean isOver() {
            return quota.isOver();
        }

        /// Whether connections of other pools are in the way.
        boolean isCrowded() {
            return quota.isCrowded();
        }

        boolean tryTake() {
            return quota.tryTake();
        }

        /// For somebody who has waited so long that the reserve is for him.
        boolean tryTakeReserve() {
            return quota.tryTakeReserve();
        }

        PinCount pinned() {
            return pinned;
        }

        void giveBack() {
            quota.giveBack();
            wakeOne();
            freed.run();
        }

        /// Registers for one wake-up. A slot given back in between is not missed.
        void awaitOne(Hungry waiting) {
            hungry.add(waiting);
            if (quota.hasOne()) {
                wakeOne();
            }
        }

        /// The loop that has waited longest for a slot, if any.
        @Nullable Hungry longestWaiting() {
            return hungry.peek();
        }

        /// It waits no more. False: it was woken meanwhile, or did not wait.
        boolean forget(Hungry fed) {
            return hungry.remove(fed);
        }

        void wakeOne() {
            Hungry next = hungry.poll();
            if (next != null) {
                next.onSlotFree();
            }
        }
    }

    private final Map<String, OfUser> users = new ConcurrentHashMap<>();
    private final AtomicInteger visitors = new AtomicInteger();
    private final ConcurrentLinkedQueue<CompletableFuture<Void>> awaiting =
            new ConcurrentLinkedQueue<>();
    private final AtomicInteger generation = new AtomicInteger();
    private final Function<String, OfUser> opened;
    private volatile boolean sealed;

    /// @param opened makes the slots of a user
    Slots(Function<String, OfUser> opened) {
        this.opened = opened;
    }

    OfUser of(String user) {
        return users.computeIfAbsent(user, opened);
    }

    Collection<OfUser> users() {
        return users.values();
    }

    boolean sealed() {
        return sealed;
    }

    void sealed(boolean now) {
        sealed = now;
    }

    /// Counts somebody in who opens a connection past the pools, unless sealed.
    boolean visit() {
        visitors.incrementAndGet();
        if (sealed) {
            leave();
            return false;
        }
        return true;
    }

    void leave() {
        if (visitors.decrementAndGet() == 0) {
            tellNobodyIsHere();
        }
    }

    /// Completes at a moment when no visitor is left. After sealing, none comes.
    CompletableFuture<Void> visitorsGone() {
        CompletableFuture<Void> gone = new CompletableFuture<>();
        awaiting.add(gone);
        if (visitors.get() == 0) {
            tellNobodyIsHere();
        }
        return gone;
    }

    private void tellNobodyIsHere() {
        for (var next = awaiting.poll(); next != null; next = awaiting.poll()) {
            next.complete(null);
        }
    }

    /// Connections opened under an earlier generation are outdated.
    int generation() {
        return generation.get();
    }

    void nextGeneration() {
        generation.incrementAndGet();
    }
}
