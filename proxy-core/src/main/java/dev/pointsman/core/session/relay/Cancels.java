package dev.pointsman.core.session.relay;

import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.wire.message.Requests;

import io.netty.buffer.ByteBuf;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// The cancel requests of a session for what runs on its server connection. Confined to the
/// session's event loop.
final class Cancels {
    private final ServerConnection connection;
    private final ServerSide server;
    private final List<CompletableFuture<Void>> asked = new ArrayList<>(0);
    private boolean calming; // the end of a cancel request's socket is awaited
    private boolean emptyQuerySent; // behind the end of a cancel request's socket
    private boolean letGo;

    Cancels(ServerConnection connection, ServerSide server) {
        this.connection = connection;
        this.server = server;
    }

    /// `done` completes when nothing later can be hit.
    void add(CompletableFuture<Void> done) {
        asked.add(done);
        if (!server.awaitsOwn()) {
            send();
        }
    }

    /// Nothing of our own is awaited.
    void send() {
        var under = List.copyOf(asked);
        asked.clear();
        if (!under.isEmpty()) {
            connection.cancel().addListener(_ -> under.forEach(done -> done.complete(null)));
        }
    }

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

    void letGo() {
        letGo = true;
        asked.forEach(done -> done.complete(null));
        asked.clear();
    }
}
