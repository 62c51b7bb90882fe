package dev.pointsman.core.session.relay;

import dev.pointsman.core.gate.Gated;
import dev.pointsman.core.pool.LoopPool;
import dev.pointsman.core.server.FrameRelay;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.session.unit.OwnUnits;
import dev.pointsman.core.session.unit.UnitTracker;
import dev.pointsman.core.wire.BackendType;
import dev.pointsman.core.wire.FrameScanner;
import dev.pointsman.core.wire.FrontendType;
import dev.pointsman.core.wire.TransactionStatus;
import dev.pointsman.core.wire.message.Requests;

import io.netty.buffer.ByteBuf;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CompletableFuture;

/// A server connection whose client has gone in the middle of a transaction. It counts as inside
/// until the server has said that nothing runs, or was seen without its process: what was sent may
/// still commit.
public final class Orphan implements ServerConnection.Receiver {
    private final Gated session;
    private final Exit exit;
    private final LoopPool pool;
    private final ServerConnection connection;
    private final UnitTracker tracker;
    private final OwnUnits own;
    private final Cancels cancels;
    private boolean over;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private Orphan(
            Gated session, Exit exit, LoopPool pool, ServerSide server, UnitTracker tracker) {
        this.session = session;
        this.exit = exit;
        this.pool = pool;
        this.connection = server.connection();
        this.tracker = tracker;
        this.own = server.own();
        this.cancels = new Cancels(connection, tracker, own);
    }

    /// Deals with the server connection of a session that ends; returns what is left running.
    public static @Nullable Orphan leaveBehind(
            Conversation conversation, ServerSide server, Gated session, Exit exit, LoopPool pool) {
        ServerConnection connection = server.connection();
        conversation.client().relay().cut();
        boolean cutShort = conversation.client().relay().insideMessage();
        connection.detach();
        connection.markDirty();
        if (!session.place().isInside()) {
            pool.giveBack(connection);
            return null;
        }
        var orphan = new Orphan(session, exit, pool, server, conversation.tracker());
        if (cutShort || connection.isAsked()) {
            // Nothing can be said behind half a message, nor while something is being asked. What
            // runs in front of it would not be read to its end: it is to end soon.
            connection.cancel();
            connection.abandon();
            connection.channel().closeFuture().addListener(_ -> orphan.onServerClosed());
        } else {
            connection.attach(orphan);
            orphan.begin();
        }
        return orphan;
    }

    public int pid() {
        return connection.pid();
    }

    /// Cancels what runs; completes when nothing is left of it.
    public CompletableFuture<Void> cancel() {
        if (!over) {
            cancels.add(new CompletableFuture<>());
        }
        return ended;
    }

    @Override
    public void onServerRead() {
        FrameRelay relay = connection.relay();
        for (int type = relay.next(); type != FrameScanner.NONE; type = relay.next()) {
            switch (type) {
                case BackendType.READY_FOR_QUERY -> {
                    var status = TransactionStatus.of(relay.message().bodyByte(0));
                    if (own.any()) {
                        own.onReady();
                        tracker.noteStatus(status);
                        cancels.advance();
                    } else {
                        tracker.onReady(status);
                    }
                }
                case BackendType.PARAMETER_STATUS -> connection.noteParameter();
                default -> {
                    if (!own.any()) {
                        tracker.onReceived(type);
                    }
                }
            }
            relay.drop();
        }
    }

    @Override
    public void onServerReadComplete() {
        advance();
    }

    @Override
    public void onServerWritability(boolean writable) {}

    @Override
    public void onServerClosed() {
        if (!over) {
            over = true;
            cancels.letGo();
            pool.giveBack(connection);
            exit.afterLoss(session, connection, () -> ended.complete(null));
        }
    }

    /// Whether its connection is lost, and only the server can tell when it is over.
    public boolean isLost() {
        return over && !ended.isDone();
    }

    private void begin() {
        if (tracker.unitOpen()) {
            ByteBuf out = connection.channel().alloc().buffer();
            Rollback.hearAnswers(out);
            connection.channel().write(out, connection.channel().voidPromise());
        }
        connection.channel().flush();
        advance();
    }

    private void advance() {
        if (over || own.any()) {
            return;
        }
        if (tracker.takesCopyData()) {
            // Also when the server begins to take it only now: nobody else will send any.
            ByteBuf out = connection.channel().alloc().buffer();
            Requests.copyFail(out, "the client has gone");
            connection.channel().writeAndFlush(out);
            tracker.onSent(FrontendType.COPY_FAIL);
        }
        if (tracker.running()) {
            return;
        }
        if (tracker.quiet()) {
            connection.detach();
            end();
            return;
        }
        ByteBuf out = connection.channel().alloc().buffer();
        own.addOthers(Rollback.write(out, tracker));
        connection.channel().writeAndFlush(out);
        tracker.restart();
    }

    private void end() {
        if (!over) {
            over = true;
            cancels.letGo();
            pool.giveBack(connection);
            ended.complete(null);
            exit.leave(session);
        }
    }
}
