package dev.pointsman.core.session.relay;

import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.session.unit.UnitTracker;
import dev.pointsman.core.wire.message.Requests;

import io.netty.buffer.ByteBuf;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// The cancel requests for what a session runs on one server connection: each reaches the server
/// while the statement that it is meant for can still be there, and none reaches what comes later.
/// Confined to the event loop.
final class Cancels {
    private final ServerConnection connection;
    private final UnitTracker tracker;
    private final ServerSide server;
    private final List<CompletableFuture<Void>> waiting = new ArrayList<>(0);
    private boolean sending; // the end of a request's socket is awaited
    private boolean calming; // and then an empty query follows
    private boolean emptyQuerySent;
    private boolean letGo;

    Cancels(ServerConnection connection, UnitTracker tracker, ServerSide server) {
        this.connection = connection;
        this.tracker = tracker;
        this.server = server;
    }

    /// Cancels what the client runs, if anything; not before our own messages in front of it are
    /// answered, and one request after the other. `done` completes when nothing later can be hit;
    /// whoever completes it before that withdraws what has not been sent.
    void add(CompletableFuture<Void> done) {
        waiting.add(done);
        advance();
    }

    /// Something of our own was answered: requests may go on.
    void advance() {
        waiting.removeIf(CompletableFuture::isDone);
        if (waiting.isEmpty() || sending || server.awaitsOwn()) {
            return;
        }
        var these = List.copyOf(waiting);
        waiting.clear();
        if (!tracker.running()) {
            these.forEach(done -> done.complete(null));
            return;
        }
        sending = true;
        connection
                .cancel()
                .addListener(
                        _ -> {
                            sending = false;
                            these.forEach(done -> done.complete(null));
                            advance();
                        });
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
            server.expectOwn(0, 1);
            connection.channel().writeAndFlush(out, connection.channel().voidPromise());
        }
    }
}
