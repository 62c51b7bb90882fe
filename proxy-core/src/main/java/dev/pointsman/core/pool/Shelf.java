package dev.pointsman.core.pool;

import dev.pointsman.core.channel.Ends;
import dev.pointsman.core.pool.quota.PinCount;
import dev.pointsman.core.pool.row.ServerRow;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.server.login.ServerRefused;

import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// The connections of one [PoolKey] on one event loop, and who waits for one. Loop-confined.
final class Shelf {
    /// What the pool keeps with a connection.
    static final class Lease {
        final Shelf shelf;
        final int generation;
        final long epoch;
        State state = State.IDLE;
        long idleSince;
        Instant requestTime = Instant.EPOCH;
        private boolean pinned;

        Lease(Shelf shelf, int generation, long epoch) {
            this.shelf = shelf;
            this.generation = generation;
            this.epoch = epoch;
        }

        static Lease of(ServerConnection connection) {
            if (connection.owner() instanceof Lease lease) {
                return lease;
            }
            throw new IllegalStateException("the connection is none of the pool's");
        }

        boolean pin(int most) {
            if (!pinned) {
                pinned = shelf.family.quota.pinned().tryAdd(most);
            }
            return pinned;
        }

        void unpin() {
            if (pinned) {
                pinned = false;
                shelf.family.quota.pinned().remove();
            }
        }

        /// From now on somebody else counts it.
        @Nullable PinCount takePin() {
            boolean counted = pinned;
            pinned = false;
            return counted ? shelf.family.quota.pinned() : null;
        }

        /// It is counted already.
        void givePin() {
            pinned = true;
        }

        boolean outdated() {
            return generation != shelf.family.slots.generation();
        }
    }

    enum State {
        IDLE,
        LENT,
        TESTED,
        LEAVING,
        CLOSING
    }

    record Waiter(Borrower borrower, long since) {}

    /// The shelves of one database, server and user, which share their slots.
    static final class Family implements Slots.Hungry {
        final Slots slots;
        final Slots.OfUser quota;
        final List<Shelf> shelves = new ArrayList<>();
        private final LoopPool pool;
        boolean serving;
        boolean again;
        boolean hungry;

        /// Other loops are being asked for a connection.
        boolean asking;

        private volatile Want want = Want.NONE;

        Family(LoopPool pool, Slots slots, Slots.OfUser quota) {
            this.pool = pool;
            this.slots = slots;
            this.quota = quota;
        }

        /// Logins that are under way.
        int opening() {
            int sum = 0;
            for (Shelf shelf : shelves) {
                sum += shelf.opening.size();
            }
            return sum;
        }

        void becomeHungry(Shelf waiting) {
            want = new Want(waiting.key, waiting.waitingSince());
            if (!hungry) {
                hungry = true;
                quota.awaitOne(this);
            }
        }

        /// Got a connection without a slot's becoming free.
        void fed() {
            hungry = false;
            quota.forget(this);
        }

        @Override
        public void onSlotFree() {
            pool.onSlotFree(this);
        }

        @Override
        public long hungrySince() {
            return want.since();
        }

        @Override
        public PoolKey hungryFor() {
            return want.key();
        }

        @Override
        public LoopPool pool() {
            return pool;
        }
    }

    private record Want(PoolKey key, long since) {
        static final Want NONE = new Want(new PoolKey("", "", "", StartupOptions.NONE), 0);
    }

    final PoolKey key;
    final Family family;
    final Set<ServerConnection> all = new LinkedHashSet<>();
    final ArrayDeque<ServerConnection> idle = new ArrayDeque<>();
    final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
    final List<Future<ServerConnection>> opening = new ArrayList<>();

    /// On their way to other loops, until they have arrived there.
    final Map<ServerConnection, Promise<Void>> leaving = new LinkedHashMap<>();

    /// How many connections are kept open ahead of use; 0: as many as it happens.
    int wanted;

    /// Opens those, while it does.
    @Nullable Warming warming;

    @Nullable ServerRefused failure;
    int failures;

    /// Of the route when the last of these logins was begun.
    long failedEpoch;

    /// When the first of these failures came.
    long failingSince;

    long retryAt;

    Shelf(PoolKey key, Family family) {
        this.key = key;
        this.family = family;
    }

    /// A failure says nothing about a server that serves since: it may have been fenced until then.
    void forgetFailuresBefore(long epoch) {
        if (failure != null && failedEpoch != epoch) {
            failure = null;
            failures = 0;
        }
    }

    /// Whether somebody waits for whom no connection is being opened yet.
    boolean hasUncovered() {
        return waiters.size() > opening.size();
    }

    /// Whether there is nothing on it, and nothing on its way.
    boolean isEmpty() {
        return all.isEmpty()
                && waiters.isEmpty()
                && opening.isEmpty()
                && leaving.isEmpty()
                && wanted == 0;
    }

    int count(State state) {
        int count = 0;
        for (ServerConnection connection : all) {
            if (Lease.of(connection).state == state) {
                count++;
            }
        }
        return count;
    }

    /// Of all that have logged in.
    Stream<Integer> pids() {
        return Stream.concat(all.stream(), leaving.keySet().stream()).map(ServerConnection::pid);
    }

    /// The key, if one of its connections reported that value when it logged in.
    Stream<PoolKey> ifBeginning(String parameter, String value) {
        boolean any = all.stream().anyMatch(one -> value.equals(one.initial().get(parameter)));
        return any ? Stream.of(key) : Stream.empty();
    }

    Stream<ServerRow> rows() {
        return all.stream().map(this::row);
    }

    private ServerRow row(ServerConnection connection) {
        Lease lease = Lease.of(connection);
        return new ServerRow(
                key.database(),
                key.server(),
                key.user(),
                switch (lease.state) {
                    case IDLE -> "idle";
                    case LENT -> "active";
                    case TESTED, LEAVING, CLOSING -> "tested";
                },
                Ends.of(connection.channel()),
                connection.connectedAt(),
                lease.requestTime,
                connection.pid(),
                lease.state == State.CLOSING || lease.outdated(),
                lease.epoch);
    }

    /// When the longest waiting one came; only with waiters.
    long waitingSince() {
        return waiters.getFirst().since();
    }
}
