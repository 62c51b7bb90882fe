package dev.pointsman.core.session;

import dev.pointsman.core.gate.Gated;
import dev.pointsman.core.pool.Borrower;
import dev.pointsman.core.pool.PoolKey;
import dev.pointsman.core.pool.StartupOptions;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.server.login.ServerParameters;
import dev.pointsman.core.session.carry.CustomNames;
import dev.pointsman.core.session.carry.FollowedParameters;
import dev.pointsman.core.session.relay.Conversation;
import dev.pointsman.core.session.relay.Exit;
import dev.pointsman.core.session.relay.Orphan;
import dev.pointsman.core.session.relay.ServerSide;

import io.netty.buffer.ByteBuf;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CompletableFuture;

/// A session's server connection: borrowed, attached, moved, given back. Confined to the session's
/// event loop.
final class Link {
    private static final ServerParameters NOTHING = new ServerParameters();

    private final SessionScope scope;
    private final Conversation conversation;
    private final ServerSide.Events events;
    private final String user;
    private final StartupOptions options;

    private @Nullable ServerSide server;
    private @Nullable PoolKey borrowing;
    private @Nullable Move move;
    private @Nullable Orphan orphan;
    private int lostPid; // of a connection that was lost inside; 0: none

    Link(
            SessionScope scope,
            Conversation conversation,
            SessionStart start,
            ServerSide.Events events) {
        this.scope = scope;
        this.conversation = conversation;
        this.events = events;
        this.user = scope.database().serverUser(start.user());
        this.options = StartupOptions.of(start.startup(), scope.database().pool().mode());
    }

    @Nullable ServerSide server() {
        return server;
    }

    /// The process id of the server's backend, also of one left behind; 0: none.
    int pid() {
        ServerSide linked = server;
        Orphan left = orphan;
        if (linked != null) {
            return linked.connection().pid();
        }
        return left == null ? lostPid : left.pid();
    }

    /// Whether the connection was lost inside, and only the server can tell when that is over.
    boolean isLost() {
        Orphan left = orphan;
        return lostPid != 0 || (left != null && left.isLost());
    }

    /// The connection was lost while the session was inside.
    void lose(Gated session, ServerConnection lost) {
        lostPid = lost.pid();
        exit().afterLoss(session, lost, () -> lostPid = 0);
    }

    private Exit exit() {
        return new Exit(scope.database().name(), scope.gate(), scope.shared().backends());
    }

    void borrow(Borrower borrower) {
        var key = key();
        borrowing = key;
        scope.pool().borrow(key, borrower);
    }

    /// The borrower was answered.
    void borrowed() {
        borrowing = null;
    }

    /// Waits for no connection any more.
    void cancelBorrow(Borrower borrower) {
        PoolKey key = borrowing;
        if (key != null) {
            borrowing = null;
            scope.pool().cancelBorrow(key, borrower);
        }
        Move under = move;
        if (under != null) {
            move = null;
            under.abandon();
        }
    }

    /// Whether the connection is one to the server that serves now.
    boolean isOnServingServer() {
        ServerSide linked = server;
        return linked != null && serving().equals(linked.connection().login().server().name());
    }

    /// What the client was not told of is to be as it was before any client. A connection that was
    /// opened with the client's own start-up packet, for it to keep, knows best what that means.
    void attach(ServerConnection connection) {
        if (!conversation.perTransaction()) {
            conversation.client().tell(conversation.told(), connection.initial());
        }
        var linked = attach(connection, connection.initial());
        var statements = conversation.pins().statements();
        if (conversation.perTransaction() && statements.differ(connection)) {
            ByteBuf out = connection.channel().alloc().buffer();
            statements.write(connection, out, linked.own());
            linked.send(out);
        }
    }

    /// A connection that was given this session's state: what the client was not told of is part of
    /// that.
    void attachCarried(ServerConnection connection) {
        moved();
        attach(connection, NOTHING);
        conversation.pins().statements().onCarried(connection);
    }

    private ServerSide attach(ServerConnection connection, ServerParameters untold) {
        var linked = new ServerSide(conversation, connection, events);
        server = linked;
        conversation.client().relay().to(connection.channel());
        conversation.prepared().begin(connection);
        conversation.pins().begin(connection);
        if (FollowedParameters.differ(conversation.told(), untold, connection)) {
            linked.adaptSettings(untold);
        }
        return linked;
    }

    void giveBack() {
        ServerSide linked = detach();
        if (linked != null) {
            dispose(linked);
            scope.pool().giveBack(linked.connection());
        }
    }

    /// Begins to carry the session to the server that serves now.
    void move(Session session, CustomNames names) {
        ServerSide old = detach();
        if (old == null) {
            throw new IllegalStateException("there is nothing to move from");
        }
        var under =
                new Move(session, scope.pool(), this::key, names, conversation.perTransaction());
        move = under;
        if (conversation.client().relay().waiting() > 0) {
            scope.gate().delayed(session);
        }
        under.begin(old.connection());
    }

    /// The move is over.
    void moved() {
        move = null;
    }

    /// The session is over: whatever runs is left behind in good order.
    void leaveBehind(Gated session) {
        ServerSide linked = server;
        server = null;
        if (linked != null) {
            linked.letGo();
            dispose(linked);
            orphan = Orphan.leaveBehind(conversation, linked, session, exit(), scope.pool());
        }
    }

    /// Cancels what was left behind; completes when it is over, at once when there is nothing.
    CompletableFuture<Void> cancelLeftBehind() {
        Orphan left = orphan;
        return left == null ? CompletableFuture.completedFuture(null) : left.cancel();
    }

    void flush() {
        ServerSide linked = server;
        if (linked != null) {
            linked.connection().channel().flush();
        }
    }

    /// The connection is of no use to anybody any more.
    void abandon() {
        ServerSide linked = server;
        if (linked != null) {
            linked.connection().abandon();
        }
    }

    /// Whether the client has got only a part of a message of the server's.
    boolean isInsideAnswer() {
        ServerSide linked = server;
        return linked != null && linked.connection().relay().insideMessage();
    }

    /// What was done on a connection that is not the session's any more may have made it unfit.
    private void dispose(ServerSide left) {
        if (conversation.pins().forGood()) {
            left.connection().spoil();
        }
        conversation.pins().end();
    }

    private @Nullable ServerSide detach() {
        ServerSide linked = server;
        if (linked != null) {
            server = null;
            linked.letGo();
            linked.connection().detach();
            conversation.prepared().end();
            conversation.client().relay().toNowhere();
            conversation.client().serverKeepsUp(true);
        }
        return linked;
    }

    private String serving() {
        return scope.routes().current(scope.database().name()).server();
    }

    private PoolKey key() {
        return new PoolKey(scope.database().name(), serving(), user, options);
    }
}
