package dev.pointsman.core.session;

import dev.pointsman.core.pool.Borrower;
import dev.pointsman.core.pool.LoopPool;
import dev.pointsman.core.pool.PoolKey;
import dev.pointsman.core.pool.quota.PinCount;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.session.carry.Carried;
import dev.pointsman.core.session.carry.CarryOver;
import dev.pointsman.core.session.carry.CustomNames;
import dev.pointsman.core.session.relay.SessionErrors;
import dev.pointsman.core.wire.ErrorReport;

import io.netty.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

import java.util.function.Supplier;

/// Carries one session from its server connection to one of the server that serves now: reads what
/// it holds, borrows, writes it there, and gives the old connection back.
final class Move implements Borrower {
    private final Session session;
    private final LoopPool pool;
    private final Supplier<PoolKey> key;
    private final CustomNames names;
    private final boolean perTransaction;
    private @Nullable ServerConnection old;
    private @Nullable Carried carried;
    private @Nullable PinCount pin; // of the connection left, for the one to come
    private boolean abandoned;

    /// @param key of the server that serves when it is asked
    /// @param perTransaction whether what is prepared under our own names follows anyway
    Move(
            Session session,
            LoopPool pool,
            Supplier<PoolKey> key,
            CustomNames names,
            boolean perTransaction) {
        this.perTransaction = perTransaction;
        this.session = session;
        this.pool = pool;
        this.key = key;
        this.names = names;
    }

    void begin(ServerConnection from) {
        old = from;
        pin = pool.takePin(from);
        if (!names.obstacle().isEmpty()) {
            fail(names.obstacle());
            return;
        }
        CarryOver.capture(from, names.names()).addListener(this::onCaptured);
    }

    /// The session has ended meanwhile.
    void abandon() {
        abandoned = true;
        pool.cancelBorrow(key.get(), this);
        letGoOfOld();
    }

    @Override
    public void onServer(ServerConnection connection) {
        Carried state = carried;
        if (abandoned || state == null) {
            pool.giveBack(connection);
            return;
        }
        connection.markDirty();
        CarryOver.restore(connection, state)
                .addListener((Future<String> restored) -> onRestored(connection, restored));
    }

    @Override
    public void onRefused(ErrorReport why) {
        if (!abandoned) {
            letGoOfOld();
            session.onNotMoved(why);
        }
    }

    private void onCaptured(Future<? super Carried> captured) {
        if (abandoned) {
            letGoOfOld();
            return;
        }
        if (!captured.isSuccess() || !(captured.getNow() instanceof Carried state)) {
            fail("its state could not be read from the server it was on");
        } else if (!state.pinnedBy().isEmpty()) {
            fail(state.pinnedBy());
        } else {
            carried = perTransaction ? state.withoutOurStatements() : state;
            pool.borrow(key.get(), this);
        }
    }

    private void onRestored(ServerConnection connection, Future<String> restored) {
        boolean arrived = restored.isSuccess() && restored.getNow().isEmpty();
        if (abandoned || !arrived) {
            pool.giveBack(connection);
        }
        if (abandoned) {
            return;
        }
        if (arrived) {
            if (pin != null) {
                pin = null;
                pool.givePin(connection);
            }
            letGoOfOld();
            session.onMoved(connection);
        } else {
            fail(
                    restored.isSuccess()
                            ? restored.getNow()
                            : "its state could not be written to the new server");
        }
    }

    private void fail(String what) {
        letGoOfOld();
        session.onNotMoved(SessionErrors.notCarried(key.get().server(), what));
    }

    private void letGoOfOld() {
        PinCount counted = pin;
        if (counted != null) {
            pin = null;
            counted.remove();
        }
        ServerConnection left = old;
        if (left != null) {
            old = null;
            left.markDirty();
            pool.giveBack(left);
        }
    }
}
