package dev.pointsman.core.pool;

import dev.pointsman.core.pool.Shelf.Family;
import dev.pointsman.core.pool.Shelf.Lease;
import dev.pointsman.core.pool.Shelf.State;
import dev.pointsman.core.server.ServerConnection;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

/// One event loop's dealings with its siblings: gives connections that idle here to loops that have
/// run dry, and takes theirs. Confined to its loop.
///
/// A connection on its way keeps its slot. It counts with the loop it leaves until the other has
/// put it on a shelf, so that it is at no time nobody's.
final class Handing {
    private final EventLoop loop;
    private final LoopPool pool;
    private final Stock stock;

    Handing(EventLoop loop, LoopPool pool, Stock stock) {
        this.loop = loop;
        this.pool = pool;
        this.stock = stock;
    }

    /// Gives one that idles here to a loop that asks. False: there is none that fits and can go.
    boolean giveOne(PoolKey wanted, LoopPool asking) {
        assert loop.inEventLoop();
        Shelf shelf = stock.known(wanted);
        ServerConnection spare =
                shelf != null && shelf.waiters.isEmpty() ? shelf.idle.peekFirst() : null;
        if (spare == null || !canGive(spare, Lease.of(spare))) {
            return false;
        }
        give(spare, Lease.of(spare), asking);
        return true;
    }

    /// Gives a connection that nobody needs here as much to the loop that waits longest. False: it
    /// does not fit there, or cannot go.
    boolean giveToHungry(ServerConnection connection, Lease lease) {
        assert loop.inEventLoop();
        Family family = lease.shelf.family;
        Slots.Hungry hungry = family.quota.longestWaiting();
        if (hungry == null
                || hungry == family
                || !hungry.hungryFor().equals(lease.shelf.key)
                || !canGive(connection, lease)
                || !family.quota.forget(hungry)) {
            return false;
        }
        give(connection, lease, hungry.pool());
        return true;
    }

    /// Where nobody may open a connection, none moves either: whose they are is settled there.
    private static boolean canGive(ServerConnection connection, Lease lease) {
        return !lease.shelf.family.slots.sealed() && !lease.outdated() && connection.movable();
    }

    private void give(ServerConnection connection, Lease lease, LoopPool to) {
        Shelf shelf = lease.shelf;
        Promise<Void> gone = loop.newPromise();
        lease.state = State.LEAVING;
        shelf.idle.remove(connection);
        shelf.all.remove(connection);
        shelf.leaving.put(connection, gone);
        gone.addListener(_ -> shelf.leaving.remove(connection));
        connection
                .moveTo(to.loop())
                .addListener(
                        (Future<ServerConnection> moved) -> {
                            to.handing().take(connection, lease, moved.isSuccess());
                            gone.setSuccess(null);
                        });
    }

    /// A connection has arrived here from another loop, or has ended on the way.
    private void take(ServerConnection connection, Lease before, boolean arrived) {
        assert loop.inEventLoop();
        Shelf shelf = stock.shelf(before.shelf.key);
        Family family = shelf.family;
        family.asking = false;
        family.fed();
        if (arrived) {
            Lease lease = new Lease(shelf, before.generation, before.epoch);
            lease.requestTime = before.requestTime;
            stock.adopt(connection, lease);
        } else {
            family.quota.giveBack();
        }
        pool.serve(family);
    }
}
