package dev.pointsman.core.pool;

import dev.pointsman.core.config.Database;
import dev.pointsman.core.pool.Shelf.Family;
import dev.pointsman.core.pool.Shelf.Lease;
import dev.pointsman.core.pool.Shelf.State;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.server.login.ServerRefused;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/// One event loop's shelves: opens connections, takes them out and closes them. Confined to its
/// loop; who gets a connection is [LoopPool]'s to say.
final class Stock {
    private static final long RETRY_FIRST = Duration.ofMillis(50).toNanos();

    /// How long it is remembered how often a server could not be reached.
    private static final long FAILURE_KEPT = Duration.ofMinutes(1).toNanos();

    static final int OPENINGS_AT_ONCE = 4;

    /// How long a server may be out of reach before borrowers are told: a restart of a moment is
    /// waited for, everything longer is said at once.
    private static final long UNREACHABLE_AFTER = Duration.ofSeconds(1).toNanos();

    private final EventLoop loop;
    private final Pools pools;
    private final LoopPool pool;
    private final Map<PoolKey, Shelf> shelves = new HashMap<>();
    private final Map<Slots.OfUser, Family> families = new LinkedHashMap<>();
    private boolean closed;

    Stock(EventLoop loop, Pools pools, LoopPool pool) {
        this.loop = loop;
        this.pools = pools;
        this.pool = pool;
    }

    Shelf shelf(PoolKey key) {
        Shelf shelf = shelves.get(key);
        return shelf != null ? shelf : newShelf(key);
    }

    private Shelf newShelf(PoolKey key) {
        Slots slots = pools.slots(key.database(), key.server());
        Slots.OfUser quota = slots.of(key.user());
        Family family = families.computeIfAbsent(quota, _ -> new Family(pool, slots, quota));
        Shelf shelf = new Shelf(key, family);
        family.shelves.add(shelf);
        shelves.put(key, shelf);
        return shelf;
    }

    List<Shelf> shelvesOf(String database, String server) {
        return shelves.values().stream()
                .filter(
                        shelf ->
                                shelf.key.database().equals(database)
                                        && shelf.key.server().equals(server))
                .toList();
    }

    List<Shelf> shelvesOf(String database) {
        return shelves.values().stream()
                .filter(shelf -> shelf.key.database().equals(database))
                .toList();
    }

    Collection<Shelf> shelves() {
        return shelves.values();
    }

    @Nullable ServerConnection takeIdle(Shelf shelf) {
        for (ServerConnection next = shelf.idle.pollLast();
                next != null;
                next = shelf.idle.pollLast()) {
            Lease lease = Lease.of(next);
            if (next.healthy() && !lease.outdated()) {
                return next;
            }
            close(next, lease);
        }
        return null;
    }

    boolean mayOpen(Shelf shelf) {
        shelf.forgetFailuresBefore(pools.routes().current(shelf.key.database()).epoch());
        return !closed
                && !shelf.family.slots.sealed()
                && (shelf.failure == null || pools.now() >= shelf.retryAt);
    }

    /// How many logins may be under way for those who wait. Where connections are lent for one
    /// transaction, one in use is back sooner than many are open, and a crowd of backends that
    /// start at once slows down those that work.
    int openingsAtOnce(Family family) {
        return switch (pools.database(family.shelves.getFirst().key).pool().mode()) {
            case TRANSACTION -> OPENINGS_AT_ONCE;
            case SESSION -> Integer.MAX_VALUE;
        };
    }

    /// Opens a connection with a slot that was taken for it.
    Future<ServerConnection> open(Shelf shelf) {
        int generation = shelf.family.slots.generation();
        long epoch = pools.routes().current(shelf.key.database()).epoch();
        Future<ServerConnection> opening = pools.opener().open(shelf.key, loop);
        shelf.opening.add(opening);
        opening.addListener(
                (Future<ServerConnection> opened) -> {
                    shelf.opening.remove(opened);
                    if (opened.isSuccess()) {
                        onOpened(opened.getNow(), new Lease(shelf, generation, epoch));
                    } else {
                        shelf.failedEpoch = epoch;
                        onFailed(shelf, opened.cause());
                    }
                });
        return opening;
    }

    /// Takes a slot if there are fewer connections than are wanted ahead of use.
    boolean tryTakeWanted(Shelf shelf) {
        return shelf.all.size() + shelf.opening.size() < shelf.wanted
                && mayOpen(shelf)
                && shelf.family.quota.tryTake();
    }

    /// As many connections to the target as each of the source's shelves here has.
    CompletableFuture<Void> warm(String database, String serving, String target) {
        if (pools.routes().current(database).server().equals(target)) {
            return CompletableFuture.completedFuture(null);
        }
        return CompletableFuture.allOf(
                shelvesOf(database, serving).stream()
                        .map(source -> warm(source, target))
                        .toArray(CompletableFuture<?>[]::new));
    }

    private CompletableFuture<Void> warm(Shelf source, String target) {
        PoolKey key = source.key;
        Shelf shelf = shelf(new PoolKey(key.database(), target, key.user(), key.options()));
        shelf.wanted = source.all.size();
        shelf.failure = null;
        return Warming.of(this, shelf);
    }

    void endWarming(String database, String server) {
        shelvesOf(database, server).forEach(shelf -> shelf.wanted = 0);
    }

    private void onOpened(ServerConnection connection, Lease lease) {
        Shelf shelf = lease.shelf;
        shelf.failure = null;
        shelf.failures = 0;
        adopt(connection, lease);
        connection.channel().closeFuture().addListener(_ -> onEnd(connection));
    }

    /// Puts a connection of this loop on its shelf.
    void adopt(ServerConnection connection, Lease lease) {
        lease.shelf.all.add(connection);
        connection.owner(lease);
        if (closed || lease.outdated()) {
            close(connection, lease);
        } else {
            pool.shelve(connection, lease);
        }
    }

    /// Whether waiting for the shelf's server to be reached is of no use at the moment.
    private boolean tells(Shelf shelf) {
        ServerRefused failure = shelf.failure;
        return failure != null
                && (failure.byServer() || pools.now() - shelf.failingSince >= UNREACHABLE_AFTER);
    }

    /// Whether a newcomer is told the last failure now: nobody will give anything back, and the
    /// next attempt is of no use or further away than a client is kept waiting for.
    boolean tellsAtOnce(Shelf shelf) {
        shelf.forgetFailuresBefore(pools.routes().current(shelf.key.database()).epoch());
        ServerRefused failure = shelf.failure;
        long left = shelf.retryAt - pools.now();
        return failure != null
                && shelf.all.isEmpty()
                && left > 0
                && (failure.byServer() || (tells(shelf) && left > UNREACHABLE_AFTER));
    }

    private void onFailed(Shelf shelf, Throwable cause) {
        ServerRefused failure = ServerRefused.of(cause);
        long now = pools.now();
        shelf.failure = failure;
        long longest = pools.limits(shelf.key).servers().loginRetry().toNanos();
        shelf.retryAt =
                now
                        + Math.min(
                                RETRY_FIRST << Math.min(shelf.failures, 20),
                                Math.max(longest, RETRY_FIRST));
        if (shelf.failures++ == 0) {
            shelf.failingSince = now;
        }
        boolean old = shelf.failedEpoch != pools.routes().current(shelf.key.database()).epoch();
        if (shelf.all.isEmpty() && !old) {
            // Nobody will give anything back here: tell those whom waiting does not help.
            LoopPool.refuse(
                    shelf,
                    failure.report(),
                    tells(shelf) ? Long.MAX_VALUE : now - UNREACHABLE_AFTER);
        }
        shelf.family.quota.giveBack();
        pool.serve(shelf.family);
    }

    /// On the loop where it is at its end; whoever has sent it to another loop sees to it himself.
    private static void onEnd(ServerConnection connection) {
        Lease lease = Lease.of(connection);
        if (lease.state != State.LEAVING) {
            lease.shelf.family.pool().stock().onClosed(connection, lease);
        }
    }

    private void onClosed(ServerConnection connection, Lease lease) {
        assert loop.inEventLoop();
        Shelf shelf = lease.shelf;
        lease.unpin();
        shelf.all.remove(connection);
        shelf.idle.remove(connection);
        shelf.family.quota.giveBack();
        if (!closed) {
            // Not now: whoever has just closed the connection may be in the midst of a shelf.
            loop.execute(() -> pool.serve(shelf.family));
        }
    }

    boolean isOver(ServerConnection connection, Lease lease) {
        PoolKey key = lease.shelf.key;
        return closed
                || lease.outdated()
                || !pools.routes().current(key.database()).server().equals(key.server())
                || isOld(connection, pools.database(key).limits().serverLifetime());
    }

    private static boolean isOld(ServerConnection connection, Duration lifetime) {
        return !lifetime.isZero()
                && Duration.between(connection.connectedAt(), Instant.now()).compareTo(lifetime)
                        > 0;
    }

    /// Closes an idle connection of somebody who needs no more; its slot is free once it is closed.
    boolean closeOneIdle(Family family) {
        for (Shelf shelf : family.shelves) {
            if (shelf.waiters.isEmpty()) {
                ServerConnection spare = shelf.idle.pollFirst();
                if (spare != null) {
                    close(spare, Lease.of(spare));
                    return true;
                }
            }
        }
        return false;
    }

    /// Closes the connection of such a pool that has been idle for longest, if there is one that
    /// nobody waits for.
    boolean closeOneIdle(Predicate<PoolKey> which) {
        ServerConnection oldest = null;
        for (Shelf shelf : shelves.values()) {
            ServerConnection first = shelf.idle.peekFirst();
            if (first != null
                    && shelf.waiters.isEmpty()
                    && which.test(shelf.key)
                    && (oldest == null || Lease.of(first).idleSince < Lease.of(oldest).idleSince)) {
                oldest = first;
            }
        }
        if (oldest == null) {
            return false;
        }
        closeIdle(Lease.of(oldest).shelf, List.of(oldest));
        return true;
    }

    /// Opens what is missing to `min_pool_size` of the pools that clients have come to.
    void fillToMinimum() {
        for (Family family : families.values()) {
            Shelf shelf = family.shelves.getFirst();
            PoolKey key = shelf.key;
            int least = Math.min(pools.limits(key).pool().min(), family.quota.size());
            while (family.quota.taken() < least
                    && pools.routes().current(key.database()).server().equals(key.server())
                    && pools.mayFill(key.database())
                    && mayOpen(shelf)
                    && family.quota.tryTake()) {
                open(shelf);
            }
        }
    }

    boolean spareOne(Slots.OfUser quota) {
        Family family = families.get(quota);
        return family != null && closeOneIdle(family);
    }

    @Nullable Shelf known(PoolKey key) {
        return shelves.get(key);
    }

    /// Forgets shelves that nobody has used for a while: clients may come with ever other options.
    void dropEmpty() {
        for (Shelf shelf : List.copyOf(shelves.values())) {
            boolean fails = shelf.failure != null && pools.now() - shelf.retryAt < FAILURE_KEPT;
            if (shelf.isEmpty() && !fails && shelf.family.shelves.size() > 1) {
                shelf.family.shelves.remove(shelf);
                shelves.remove(shelf.key);
            }
        }
    }

    void closeStale(Shelf shelf, Database database) {
        long idleLimit = database.limits().serverIdleTimeout().toNanos();
        int spare = shelf.family.quota.taken() - pools.limits(shelf.key).pool().min();
        List<ServerConnection> stale = new ArrayList<>();
        for (ServerConnection connection : shelf.idle) {
            Lease lease = Lease.of(connection);
            boolean idleTooLong =
                    idleLimit > 0 && pools.now() - lease.idleSince > idleLimit && spare-- > 0;
            if (idleTooLong) {
                shelf.wanted = 0;
            }
            if (idleTooLong
                    || lease.outdated()
                    || isOld(connection, database.limits().serverLifetime())) {
                stale.add(connection);
            }
        }
        closeIdle(shelf, stale);
    }

    private void closeIdle(Shelf shelf, List<ServerConnection> connections) {
        shelf.idle.removeAll(connections);
        connections.forEach(connection -> close(connection, Lease.of(connection)));
    }

    void retire(String database, String server) {
        for (Shelf shelf : shelvesOf(database, server)) {
            shelf.wanted = 0;
            closeIdle(shelf, List.copyOf(shelf.idle));
        }
    }

    /// Completes once no login to a server is under way any more, and no connection to it on its
    /// way to another loop.
    void afterMoves(String database, String server, CompletableFuture<Void> over) {
        List<Future<?>> underWay = new ArrayList<>();
        for (Shelf shelf : shelvesOf(database, server)) {
            underWay.addAll(shelf.opening);
            underWay.addAll(shelf.leaving.values());
        }
        if (underWay.isEmpty()) {
            over.complete(null);
        } else {
            underWay.getFirst().addListener(_ -> afterMoves(database, server, over));
        }
    }

    void close(ServerConnection connection, Lease lease) {
        lease.state = State.CLOSING;
        connection.close();
    }

    void refuseNewOnes() {
        closed = true;
    }

    boolean closed() {
        return closed;
    }

    List<Family> families() {
        return List.copyOf(families.values());
    }
}
