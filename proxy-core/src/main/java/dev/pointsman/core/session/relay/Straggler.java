package dev.pointsman.core.session.relay;

import dev.pointsman.core.session.unit.UnitTracker;
import dev.pointsman.core.wire.FrontendType;
import dev.pointsman.core.wire.TransactionStatus;
import dev.pointsman.core.wire.message.Requests;

import io.netty.buffer.ByteBuf;

import java.util.concurrent.CompletableFuture;

/// Takes back the transaction of a session that is in a cutover's way: a statement that runs is
/// cancelled and its true outcome passed on, and what is then still open is rolled back.
public final class Straggler {
    private final ClientSide client;
    private final UnitTracker tracker;
    private final ServerSide server;
    private final GivenUp givenUp;
    private final CompletableFuture<Boolean> left = new CompletableFuture<>();
    private boolean flushed;
    private boolean endingRun;
    private boolean rolledBack;

    public Straggler(ClientSide client, UnitTracker tracker, ServerSide server, GivenUp givenUp) {
        this.client = client;
        this.tracker = tracker;
        this.server = server;
        this.givenUp = givenUp;
    }

    public void begin() {
        if (!tracker.running()) {
            return;
        }
        server.takeBackCancelled();
        if (tracker.takesCopyData() && !client.relay().insideMessage()) {
            // A server that waits for COPY data does not look at cancel requests.
            ByteBuf out = client.channel().alloc().buffer();
            Requests.copyFail(out, "rolled back for a cutover");
            server.send(out);
            tracker.onSent(FrontendType.COPY_FAIL);
        } else {
            server.cancel(new CompletableFuture<>());
        }
    }

    /// Rolls back once the server waits for the client. True: that was begun.
    public boolean advance() {
        if (client.relay().insideMessage()) {
            return false;
        }
        if (tracker.running()) {
            hearAnswers();
            return false;
        }
        rolledBack = true;
        if (tracker.unitOpen()) {
            endingRun = true;
            ByteBuf out = client.channel().alloc().buffer();
            Rollback.endRun(out, tracker);
            server.own().addOthers(1);
            server.send(out);
        } else {
            giveUp(false);
        }
        return true;
    }

    private void hearAnswers() {
        if (tracker.takesCopyData()) {
            flushed = false; // the server ignores it there
        } else if (!flushed && tracker.unitOpen()) {
            flushed = true;
            ByteBuf out = client.channel().alloc().buffer();
            Rollback.hearAnswers(out);
            server.send(out);
        }
    }

    /// Whether the client's next message waits for the rollback: its run is at its end, unless that
    /// is its Sync.
    public boolean keeps(int type) {
        return flushed && type != FrontendType.SYNC && !FrontendType.isCopy(type);
    }

    /// Whether it is not known yet what is given up.
    public boolean isEndingRun() {
        return endingRun;
    }

    /// Whether the server says that nothing is open any more. If not, a run was ended before its
    /// transaction block, or the cancel request has hit the rollback itself, which is then sent
    /// again.
    public boolean isRolledBack() {
        if (endingRun) {
            endingRun = false;
            if (server.endedLast() && tracker.status() == TransactionStatus.IDLE) {
                // The client had ended it: its outcome stands, and what follows is another.
                rolledBack = false;
                return true;
            }
            giveUp(true);
            return false;
        }
        if (tracker.status() == TransactionStatus.IDLE) {
            return true;
        }
        rollBack();
        return false;
    }

    public void onLeft() {
        boolean wasGivenUp = rolledBack || server.tookBack();
        server.endTakeBack();
        left.complete(wasGivenUp);
    }

    private void giveUp(boolean unitOpen) {
        boolean blockOpen = tracker.status() != TransactionStatus.IDLE;
        givenUp.onRolledBack(server.tookBackOpen(), blockOpen, unitOpen);
        rollBack();
    }

    private void rollBack() {
        ByteBuf out = client.channel().alloc().buffer();
        Rollback.block(out);
        server.own().addOthers(1);
        server.send(out);
    }

    /// Completes as the session leaves the gate's inside, with whether its transaction was given
    /// up.
    public CompletableFuture<Boolean> left() {
        return left;
    }
}
