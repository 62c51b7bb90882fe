package dev.pointsman.core.pool;

import dev.pointsman.core.gate.Gated;
import dev.pointsman.core.gate.Insider;
import dev.pointsman.core.gate.LoopGate;
import dev.pointsman.core.gate.Place;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.wire.ErrorReport;

import org.jspecify.annotations.Nullable;

/// A session reduced to what it does at the gate and with the pool.
final class SimulatedSession implements Gated, Borrower {
    enum State {
        IDLE,
        HELD,
        WAITING,
        INSIDE,
        GONE
    }

    final int id;
    final int loop;
    private final Simulation world;
    private final LoopGate gate;
    private final LoopPool pool;
    private final StartupOptions options;
    private final Place place = new Place(this);
    State state = State.IDLE;
    long asked;
    @Nullable ServerConnection connection;
    private @Nullable PoolKey borrowing;

    SimulatedSession(int id, int loop, Simulation world, LoopGate gate, LoopPool pool) {
        this.id = id;
        this.loop = loop;
        this.world = world;
        this.gate = gate;
        this.pool = pool;
        this.options = world.options(id);
    }

    void begin() {
        asked = world.nextTurn();
        goOn();
    }

    private void goOn() {
        if (gate.ask(this)) {
            state = State.WAITING;
            borrowing = world.key(options);
            pool.borrow(borrowing, this);
        } else {
            hold();
        }
    }

    private void hold() {
        state = State.HELD;
        gate.hold(this);
        gate.keep(this, id);
    }

    void finish(boolean dirty) {
        ServerConnection used = connection;
        if (used != null) {
            connection = null;
            state = State.IDLE;
            gate.leave(this);
            if (dirty) {
                used.markDirty();
            }
            pool.giveBack(used);
        }
    }

    /// The client goes away, whatever it is about. Inside, the transaction goes on without it.
    void leave() {
        switch (state) {
            case HELD -> gate.forget(this);
            case WAITING -> {
                if (borrowing != null) {
                    pool.cancelBorrow(borrowing, this);
                }
                gate.forget(this);
            }
            case IDLE, INSIDE, GONE -> finish(true);
        }
        state = State.GONE;
    }

    @Override
    public Place place() {
        return place;
    }

    @Override
    public void onGateOpened() {
        world.check(state == State.HELD, "opened while " + state);
        world.onLetGo(this);
        goOn();
    }

    @Override
    public void onHoldExpired(ErrorReport why) {
        state = State.GONE;
    }

    @Override
    public void onServer(ServerConnection lent) {
        world.check(state == State.WAITING, "a connection while " + state);
        world.check(lent.healthy(), "a connection that is not in order");
        if (!gate.isOpen()) {
            pool.giveBack(lent);
            hold();
            return;
        }
        gate.enter(this);
        state = State.INSIDE;
        connection = lent;
        world.onEntered(this, lent);
    }

    @Override
    public void onRefused(ErrorReport why) {
        world.check(state == State.WAITING, "refused while " + state);
        gate.forget(this);
        state = State.IDLE;
        world.onRefused();
    }

    @Override
    public Insider insider() {
        throw new UnsupportedOperationException("nobody asks here");
    }
}
