package dev.pointsman.core.pool;

import dev.pointsman.core.config.Database;
import dev.pointsman.core.pool.Shelf.Family;
import dev.pointsman.core.pool.Shelf.Lease;
import dev.pointsman.core.pool.Shelf.State;
import dev.pointsman.core.pool.Shelf.Waiter;
import dev.pointsman.core.pool.quota.PinCount;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.server.login.ServerRefused;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.SqlState;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// One event loop's server connections: borrow and give back. Confined to its loop.
///
/// Lent is what was given back last. Who finds nothing idle waits in turn; meanwhile a connection
/// is opened if there is a slot for it, or taken from another loop where it idles, or made room for
/// by closing an idle one that was opened with other options.
public final class LoopPool {

    /// Someone who waits elsewhere goes first once he has waited this much longer, and twice as
    /// long.
    private static final long PATIENCE = Duration.ofMillis(50).toNanos();

    private final EventLoop loop;
    private final Pools pools;
    private final Stock stock;
    private final Handing handing;

    LoopPool(EventLoop loop, Pools pools) {
        this.loop = loop;
        this.pools = pools;
        stock = new Stock(loop, pools, this);
        handing = new Handing(loop, this, stock);
    }

    /// Gets a connection for the borrower: at once when one is idle, otherwise in turn.
    public void borrow(PoolKey key, Borrower borrower) {
        assert loop.inEventLoop();
        if (stock.closed()) {
            borrower.onRefused(shuttingDown());
            return;
        }
        Shelf shelf = stock.shelf(key);
        ServerConnection ready = shelf.waiters.isEmpty() ? stock.takeIdle(shelf) : null;
        if (ready != null) {
            lend(ready, borrower);
            return;
        }
        ServerRefused failure = shelf.failure;
        if (failure != null && stock.tellsAtOnce(shelf)) {
            borrower.onRefused(failure.report());
            return;
        }
        shelf.waiters.add(new Waiter(borrower, pools.now()));
        serve(shelf.family);
    }

    /// The borrower waits no more. Nothing happens when it does not.
    public void cancelBorrow(PoolKey key, Borrower borrower) {
        assert loop.inEventLoop();
        for (Shelf shelf : stock.shelves()) {
            // A swap may have moved the borrower to another server's shelf.
            if (shelf.key.database().equals(key.database())) {
                shelf.waiters.removeIf(waiter -> waiter.borrower().equals(borrower));
            }
        }
    }

    /// Takes a connection back that runs no transaction. It is stock.closed() when it is not in
    /// order, outdated, too old or no longer of the serving server, and reset when it is dirty.
    public void giveBack(ServerConnection connection) {
        assert loop.inEventLoop();
        Lease lease = Lease.of(connection);
        if (lease.state != State.LENT) {
            throw new IllegalStateException("given back although it was not lent");
        }
        lease.unpin();
        if (!connection.healthy() || stock.isOver(connection, lease)) {
            stock.close(connection, lease);
        } else if (connection.needsReset()) {
            lease.state = State.TESTED;
            connection.reset().addListener((Future<Boolean> reset) -> onReset(connection, reset));
        } else {
            shelve(connection, lease);
        }
    }

    /// Lets the borrower keep the connection from one transaction to the next, because something of
    /// it is there; false: as many are kept so as `max_pinned` allows. Until it is given back.
    public boolean pin(ServerConnection connection) {
        assert loop.inEventLoop();
        Lease lease = Lease.of(connection);
        return lease.pin(pools.database(lease.shelf.key).pool().maxPinned());
    }

    /// Takes over that the connection is counted as staying with its borrower, whatever becomes of
    /// it; null: it is not. To be given to another with [#givePin], or removed.
    public @Nullable PinCount takePin(ServerConnection connection) {
        assert loop.inEventLoop();
        return Lease.of(connection).takePin();
    }

    public void givePin(ServerConnection connection) {
        assert loop.inEventLoop();
        Lease.of(connection).givePin();
    }

    private void onReset(ServerConnection connection, Future<Boolean> reset) {
        Lease lease = Lease.of(connection);
        if (reset.isSuccess() && reset.getNow() && !stock.closed() && connection.healthy()) {
            shelve(connection, lease);
        } else {
            stock.close(connection, lease);
        }
    }

    void shelve(ServerConnection connection, Lease lease) {
        Shelf shelf = lease.shelf;
        if (shelf.family.quota.isOver()) {
            stock.close(connection, lease);
        } else if (!shouldYield(shelf)) {
            lease.state = State.IDLE;
            lease.idleSince = pools.now();
            shelf.idle.addLast(connection);
            serve(shelf.family);
        } else if (!handing.giveToHungry(connection, lease)) {
            stock.close(connection, lease);
        }
    }

    /// Whether someone who needs a slot, here with other options or on another loop, has waited so
    /// much longer than those who could use this very connection that it is stock.closed() for him.
    private boolean shouldYield(Shelf shelf) {
        long now = pools.now();
        long here = shelf.waiters.isEmpty() ? 0 : now - shelf.waitingSince();
        long elsewhere = 0;
        for (Shelf other : shelf.family.shelves) {
            if (other != shelf && other.hasUncovered()) {
                elsewhere = Math.max(elsewhere, now - other.waitingSince());
            }
        }
        Slots.Hungry hungry = shelf.family.quota.longestWaiting();
        if (hungry != null && hungry != shelf.family) {
            elsewhere = Math.max(elsewhere, now - hungry.hungrySince());
        }
        if (elsewhere == 0 || shelf.family.quota.taken() < shelf.family.quota.size()) {
            return false;
        }
        return shelf.waiters.isEmpty() || elsewhere > 2 * here + PATIENCE;
    }

    /// Lends and opens until nobody waits or nothing more can be done. A borrower may give back at
    /// once what it is handed, which leads here again: then the loop goes round once more instead.
    void serve(Family family) {
        family.again = true;
        if (family.serving) {
            return;
        }
        family.serving = true;
        try {
            while (family.again) {
                family.again = false;
                for (Shelf shelf : family.shelves) {
                    lendIdle(shelf);
                }
                openForWaiters(family);
            }
        } finally {
            family.serving = false;
        }
    }

    private void lendIdle(Shelf shelf) {
        while (!shelf.waiters.isEmpty()) {
            ServerConnection ready = stock.takeIdle(shelf);
            if (ready == null) {
                return;
            }
            Waiter waiter = shelf.waiters.removeFirst();
            pools.waited(shelf.key, pools.now() - waiter.since());
            lend(ready, waiter.borrower());
        }
    }

    private void openForWaiters(Family family) {
        for (Shelf shelf = longestUncovered(family);
                shelf != null;
                shelf = longestUncovered(family)) {
            if (!mayTake(shelf)) {
                family.becomeHungry(shelf);
                if (family.quota.isCrowded()) {
                    pools.askForRoom(shelf.key);
                } else if (!stock.closeOneIdle(family) && !family.asking) {
                    family.asking = true;
                    pools.askForSpare(this, family, shelf.key);
                }
                return;
            }
            stock.open(shelf);
        }
    }

    private boolean mayTake(Shelf shelf) {
        Slots.OfUser quota = shelf.family.quota;
        long reserveAfter = pools.limits(shelf.key).pool().reserveTimeout().toNanos();
        return quota.tryTake()
                || (pools.now() - shelf.waitingSince() >= reserveAfter && quota.tryTakeReserve());
    }

    /// Of those who wait without a connection being opened for them, whose turn it is.
    private @Nullable Shelf longestUncovered(Family family) {
        Shelf first = null;
        if (family.opening() >= stock.openingsAtOnce(family)) {
            return first;
        }
        for (Shelf shelf : family.shelves) {
            if (shelf.hasUncovered()
                    && stock.mayOpen(shelf)
                    && (first == null || shelf.waitingSince() < first.waitingSince())) {
                first = shelf;
            }
        }
        return first;
    }

    private static void lend(ServerConnection connection, Borrower borrower) {
        Lease lease = Lease.of(connection);
        lease.state = State.LENT;
        lease.requestTime = Instant.now();
        borrower.onServer(connection);
    }

    /// Refuses those who came up to some time.
    static void refuse(Shelf shelf, ErrorReport why, long cameUpTo) {
        List<Borrower> refused = new ArrayList<>();
        while (!shelf.waiters.isEmpty() && shelf.waitingSince() <= cameUpTo) {
            refused.add(shelf.waiters.removeFirst().borrower());
        }
        refused.forEach(borrower -> borrower.onRefused(why));
    }

    void onSlotFree(Family family) {
        loop.execute(
                () -> {
                    family.hungry = false;
                    serve(family);
                });
    }

    void serveAll() {
        stock.families().forEach(this::serve);
    }

    /// Moves borrowers who wait for a connection to another server than the one that serves now.
    void onSwap(Route route) {
        for (Shelf old : stock.shelvesOf(route.database())) {
            old.wanted = 0;
            if (!old.key.server().equals(route.server()) && !old.waiters.isEmpty()) {
                Shelf now =
                        stock.shelf(
                                new PoolKey(
                                        route.database(),
                                        route.server(),
                                        old.key.user(),
                                        old.key.options()));
                now.waiters.addAll(old.waiters);
                old.waiters.clear();
                serve(now.family);
            }
        }
    }

    /// A few times a second: what is due by the clock.
    void tick() {
        for (Shelf shelf : List.copyOf(stock.shelves())) {
            Database database = pools.database(shelf.key);
            stock.closeStale(shelf, database);
            Duration limit = pools.limits(shelf.key).queryWaitTimeout();
            if (!limit.isZero()) {
                refuse(shelf, waitedTooLong(shelf, limit), pools.now() - limit.toNanos());
            }
            // Behind a closed gate a run has settled which connections are ours.
            if (shelf.wanted > 0 && pools.mayFill(database.name())) {
                var _ = Warming.of(stock, shelf);
            }
        }
        stock.dropEmpty();
        stock.fillToMinimum();
        serveAll();
    }

    void close() {
        stock.refuseNewOnes();
        for (Shelf shelf : stock.shelves()) {
            refuse(shelf, shuttingDown(), Long.MAX_VALUE);
            stock.retire(shelf.key.database(), shelf.key.server());
        }
    }

    Stock stock() {
        return stock;
    }

    Handing handing() {
        return handing;
    }

    EventLoop loop() {
        return loop;
    }

    private static ErrorReport shuttingDown() {
        return ErrorReport.fatal(SqlState.ADMIN_SHUTDOWN, "the proxy is shutting down")
                .withHint("Connect again.");
    }

    private ErrorReport waitedTooLong(Shelf shelf, Duration limit) {
        PoolKey key = shelf.key;
        ServerRefused failure = shelf.failure;
        String detail =
                failure == null
                        ? "%d of %d connections are open, %d clients wait."
                                .formatted(
                                        shelf.family.quota.taken(),
                                        shelf.family.quota.size(),
                                        shelf.waiters.size())
                        : Objects.requireNonNullElse(failure.getMessage(), "");
        return ErrorReport.fatal(
                        SqlState.CANNOT_CONNECT_NOW,
                        "query_wait_timeout: no connection to server %s became free for user \"%s\" of database \"%s\" within %d s"
                                .formatted(
                                        key.server(),
                                        key.user(),
                                        key.database(),
                                        limit.toSeconds()))
                .withDetail(detail)
                .withHint("Raise the pool's size or query_wait_timeout, or shorten transactions.");
    }
}
