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

    /// Rolls back once the server waits for the client. True: that was sent.
    public boolean advance() {
        if (tracker.running() || client.relay().insideMessage()) {
            return false;
        }
        rolledBack = true;
        boolean unitOpen = tracker.unitOpen();
        rollBack();
        givenUp.onRolledBack(
                server.tookBackOpen(), tracker.status() != TransactionStatus.IDLE, unitOpen);
        return true;
    }

    /// Whether the server says that nothing is open any more. If not, the cancel request has hit
    /// the rollback itself, which is then sent again.
    public boolean isRolledBack() {
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

    private void rollBack() {
        ByteBuf out = client.channel().alloc().buffer();
        server.own().addOthers(Rollback.write(out, tracker));
        server.send(out);
    }

    /// Completes as the session leaves the gate's inside, with whether its transaction was given
    /// up.
    public CompletableFuture<Boolean> left() {
        return left;
    }
}
