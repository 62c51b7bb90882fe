package dev.pointsman.core.session.relay;

import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.session.unit.OwnUnits;
import dev.pointsman.core.session.unit.UnitTracker;
import dev.pointsman.core.wire.message.Requests;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// The cancel requests for what a session runs on one server connection: each reaches the server
/// while the statement that it is meant for can still be there, and none reaches what comes later.
/// Confined to the event loop.
final class Cancels {
    private final ServerConnection connection;
    private final UnitTracker tracker;
    private final OwnUnits own;
    private final List<CompletableFuture<Void>> waiting = new ArrayList<>(0);
    private final List<CompletableFuture<Void>> sent = new ArrayList<>(0);
    private boolean sending; // the end of a request's socket is awaited
    private int tried; // a request was sent with so many of our own units due
    private boolean calming; // and then an empty query follows
    private boolean emptyQuerySent;
    private boolean letGo;

    Cancels(ServerConnection connection, UnitTracker tracker, OwnUnits own) {
        this.connection = connection;
        this.tracker = tracker;
        this.own = own;
    }

    /// Cancels what the client runs, if anything, with one request after the other. A statement of
    /// ours that is prepared in front of it may wait for a table just as long: that is cancelled
    /// first, and each that follows; nothing else of ours is. `done` completes when nothing later
    /// can be hit; whoever completes it before that withdraws what has not been sent.
    void add(CompletableFuture<Void> done) {
        waiting.add(done);
        tried = 0;
        advance();
    }

    /// Something of our own was answered: requests may go on.
    void advance() {
        waiting.removeIf(CompletableFuture::isDone);
        if (waiting.isEmpty() || sending || !own.mayBeCancelled()) {
            return;
        }
        boolean ours = own.any();
        if (!ours && !tracker.running()) {
            onAnswered();
        } else if (!connection.cancelEnded().isDone()) {
            await(connection.cancelEnded());
        } else if (!ours || own.due() != tried) {
            tried = own.due();
            if (!ours) {
                sent.addAll(waiting);
                waiting.clear();
            }
            await(connection.cancel());
        }
    }

    /// A unit of the client's was answered. When nothing runs, requests for it have come too late.
    void onAnswered() {
        if (!waiting.isEmpty() && !tracker.running()) {
            sent.addAll(waiting);
            waiting.clear();
            completeSent();
        }
    }

    private void await(Future<Void> end) {
        sending = true;
        end.addListener(
                _ -> {
                    sending = false;
                    completeSent();
                    advance();
                });
    }

    private void completeSent() {
        if (!sending) {
            var these = List.copyOf(sent);
            sent.clear();
            these.forEach(done -> done.complete(null));
        }
    }

    /// Whether no cancel request can hit what is sent next: the last one's socket has reached its
    /// end, and an empty query was answered since. If not, that is seen to; to be asked again when
    /// nothing of our own is awaited.
    boolean isCalm() {
        if (emptyQuerySent) {
            emptyQuerySent = false;
            connection.cancelIsOver();
        } else if (connection.wasCancelled() && !calming) {
            calming = true;
            connection.cancelEnded().addListener(_ -> sendEmptyQuery());
        }
        return !connection.wasCancelled();
    }

    /// The session has the connection no more: what waits is done with.
    void letGo() {
        letGo = true;
        waiting.forEach(done -> done.complete(null));
        waiting.clear();
    }

    private void sendEmptyQuery() {
        calming = false;
        if (!letGo) {
            emptyQuerySent = true;
            ByteBuf out = connection.channel().alloc().buffer();
            Requests.query(out, "");
            own.addOthers(1);
            connection.channel().writeAndFlush(out, connection.channel().voidPromise());
        }
    }
}
