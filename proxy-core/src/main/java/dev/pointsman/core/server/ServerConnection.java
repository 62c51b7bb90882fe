package dev.pointsman.core.server;

import dev.pointsman.core.server.login.CancelSocket;
import dev.pointsman.core.server.login.Dial;
import dev.pointsman.core.server.login.ErrorReports;
import dev.pointsman.core.server.login.Login;
import dev.pointsman.core.server.login.ServerLogin;
import dev.pointsman.core.server.login.ServerParameters;
import dev.pointsman.core.server.login.ServerRefused;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.message.ParameterStatus;
import dev.pointsman.core.wire.message.Requests;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// One logged-in connection to a PostgreSQL server. Confined to its event loop, except for what
/// says otherwise.
///
/// It is either lent (a [Receiver] is attached and decides on every message in [#relay]), asked
/// something of our own ([#ask], [#reset]), or idle; idle it looks after itself: it takes notices
/// and parameter reports, and a connection that says anything else is not used again.
public final class ServerConnection {
    /// Whoever has borrowed the connection. Called on the event loop.
    public interface Receiver {
        /// New bytes are in [ServerConnection#relay].
        void onServerRead();

        /// No more bytes for now: flush.
        void onServerReadComplete();

        /// Whether more may be written, or the socket does not keep up.
        void onServerWritability(boolean writable);

        /// A notification came while something of our own was asked: its body, not the receiver's
        /// to keep.
        default void onNotification(ByteBuf body) {}

        /// The connection is gone; nothing follows.
        void onServerClosed();
    }

    private final Channel channel;
    private final Login.Outcome outcome;
    private final FrameRelay relay;
    private final Instant connectedAt = Instant.now();

    private @Nullable Receiver receiver;
    private @Nullable Exchange exchange;
    private @Nullable Object owner;
    private @Nullable Future<Void> cancelling;
    private boolean cancelled;
    private boolean cancelOverdue; // a cancel request may hit at any time
    private boolean dirty;
    private boolean spoiled;
    private int resets;
    private final ServerParameters initial;
    private List<String> followed = List.of();

    private ServerConnection(Channel channel, Login.Outcome outcome) {
        this.channel = channel;
        this.outcome = outcome;
        this.initial = outcome.parameters().copy();
        this.relay = new FrameRelay(ServerFrames.SELECTION, channel.alloc());
    }

    /// Opens a connection and logs in. Fails with [ServerRefused] when the server cannot be reached
    /// or does not let us in.
    public static Future<ServerConnection> connect(ServerLogin login, EventLoop loop, Dial dial) {
        return Login.begin(login, loop, dial, ServerConnection::loggedIn);
    }

    private static ServerConnection loggedIn(
            Channel channel, Login.Outcome outcome, ByteBuf behind) {
        var connection = new ServerConnection(channel, outcome);
        channel.pipeline().addLast("server", new ServerHandler(connection));
        if (behind.isReadable()) {
            connection.onRead(behind);
        } else {
            behind.release();
        }
        return connection;
    }

    /// From now on the receiver is told of everything. Only on an idle connection.
    public void attach(Receiver to) {
        assert channel.eventLoop().inEventLoop();
        if (receiver != null || exchange != null) {
            throw new IllegalStateException("the server connection is in use");
        }
        receiver = to;
    }

    /// The receiver is told of nothing any more; the connection looks after itself.
    public void detach() {
        assert channel.eventLoop().inEventLoop();
        receiver = null;
        relay.toNowhere();
        channel.config().setAutoRead(true);
    }

    public Channel channel() {
        return channel;
    }

    /// What the server sends, message by message; for the attached receiver.
    public FrameRelay relay() {
        return relay;
    }

    /// The process id of the server's backend. Any thread.
    public int pid() {
        return outcome.key().processId();
    }

    /// What the server has reported, as of the last message.
    public ServerParameters parameters() {
        return outcome.parameters();
    }

    /// What the server reported when it let us in, and what RESET ALL leads back to.
    public ServerParameters initial() {
        return initial;
    }

    /// These settings follow clients as if the server reported them, which it does not; as they
    /// stand now, at the beginning.
    public void follow(Map<String, String> settings) {
        followed = List.copyOf(settings.keySet());
        settings.forEach(parameters()::put);
        settings.forEach(initial::put);
    }

    /// A setting is being set here, of which the server may not report that it was.
    public void noteSet(String name, String value) {
        if (followed.contains(name)) {
            parameters().put(name, value);
        }
    }

    public ServerLogin login() {
        return outcome.login();
    }

    public Instant connectedAt() {
        return connectedAt;
    }

    /// Whatever the pool keeps with it.
    public @Nullable Object owner() {
        return owner;
    }

    public void owner(Object newOwner) {
        owner = newOwner;
    }

    /// Whether it can be lent: open, in order, and at a message boundary.
    public boolean healthy() {
        return channel.isActive() && !spoiled && exchange == null && relay.atBoundary();
    }

    /// Whether something of our own is being asked.
    public boolean isAsked() {
        return exchange != null;
    }

    /// The session that has it left state behind that others must not see.
    public void markDirty() {
        dirty = true;
    }

    /// It is not to be used again once it comes back.
    public void spoil() {
        spoiled = true;
    }

    /// Whether [#reset] has to be called, and to succeed, before anybody else gets it.
    public boolean needsReset() {
        return dirty || cancelled || cancelOverdue;
    }

    /// How often everything that sessions left was discarded, prepared statements too.
    public int resets() {
        return resets;
    }

    /// Takes the parameter report that the relay is at into [#parameters].
    public ParameterStatus noteParameter() {
        var message = relay.message();
        var status = ParameterStatus.decode(message.body());
        parameters().put(status.name(), status.value());
        return status;
    }

    /// Whether [#moveTo] may be called: nobody has it, nothing is under way on it, and its
    /// transport can do it.
    public boolean movable() {
        assert channel.eventLoop().inEventLoop();
        return receiver == null && !needsReset() && healthy() && Handover.allows(channel);
    }

    /// Hands a [#movable] connection to another event loop, to which it is confined from then on.
    /// Completes there; fails, and the connection is closed, when it ended on the way.
    public Future<ServerConnection> moveTo(EventLoop next) {
        assert channel.eventLoop().inEventLoop();
        return Handover.begin(this, next);
    }

    /// Makes it fit for the next session: waits for the end of a cancel request under way and then
    /// for the answer to an empty query, so that no cancellation hits somebody else; after that
    /// DISCARD ALL when it is dirty. False: it is closed, as one is whose server did not end a
    /// cancel request in time. Only while idle and outside of a transaction.
    public Future<Boolean> reset() {
        return new Reset(this).run(dirty);
    }

    /// Sends messages of ours and completes with everything that the server answers up to the last
    /// of so many ReadyForQuery. Fails, and closes the connection, when that is not to be had.
    public Future<Answer> ask(ByteBuf messages, int readies) {
        assert channel.eventLoop().inEventLoop();
        Promise<Answer> promise = channel.eventLoop().newPromise();
        if (!channel.isActive() || spoiled || exchange != null || !relay.atBoundary()) {
            messages.release();
            close();
            return promise.setFailure(
                    new ServerRefused(ErrorReports.lost(login(), "it is not in order")));
        }
        exchange = new Exchange(this, promise, readies);
        channel.writeAndFlush(messages);
        return promise;
    }

    /// One statement, or several in one simple query.
    public Future<Answer> ask(String sql) {
        ByteBuf out = channel.alloc().buffer();
        Requests.query(out, sql);
        return ask(out, 1);
    }

    /// Sends a cancel request for this very connection on a socket of its own; completes when the
    /// server has closed that socket or the request could not be sent, and fails when it was sent
    /// and nobody knows what became of it. Whatever runs here then is not affected any more once
    /// [#reset] has succeeded.
    public Future<Void> cancel() {
        assert channel.eventLoop().inEventLoop();
        Future<Void> underWay = cancelling;
        if (underWay != null && !underWay.isDone()) {
            return underWay;
        }
        cancelled = true;
        Future<Void> sent = CancelSocket.send(channel, outcome);
        sent.addListener(_ -> cancelOverdue |= !sent.isSuccess());
        cancelling = sent;
        return sent;
    }

    /// Says goodbye when the conversation allows it, and closes.
    public void close() {
        assert channel.eventLoop().inEventLoop();
        spoiled = true;
        if (channel.isActive()) {
            ByteBuf goodbye = channel.alloc().buffer(5);
            Requests.terminate(goodbye);
            channel.writeAndFlush(goodbye).addListener(_ -> channel.close());
        } else {
            channel.close();
        }
    }

    /// Closes without a word: in the middle of a message nothing else can be said.
    public void abandon() {
        spoiled = true;
        channel.close();
    }

    /// Completes when the last cancel request's socket has reached its end.
    public Future<Void> cancelEnded() {
        Future<Void> underWay = cancelling;
        return underWay == null ? channel.eventLoop().newSucceededFuture(null) : underWay;
    }

    /// Whether a cancel request may still hit what is sent.
    public boolean wasCancelled() {
        return cancelled;
    }

    /// Whether a cancel request was sent of which nobody knows what became.
    boolean cancelOverdue() {
        return cancelOverdue;
    }

    /// An empty query was answered after [#cancelEnded].
    public void cancelIsOver() {
        cancelled = false;
        cancelling = null;
    }

    void clean() {
        if (dirty) {
            resets++;
            for (String name : followed) {
                parameters().put(name, Objects.requireNonNullElse(initial.get(name), ""));
            }
        }
        dirty = false;
        cancelIsOver();
    }

    void exchangeEnded() {
        exchange = null;
    }

    void onRead(ByteBuf bytes) {
        Exchange asked = exchange;
        if (asked != null) {
            asked.onRead(bytes);
            return;
        }
        relay.add(bytes);
        Receiver lentTo = receiver;
        if (lentTo != null) {
            lentTo.onServerRead();
        } else if (!ServerFrames.takeIdle(this)) {
            close();
        }
    }

    void onNotification(ByteBuf body) {
        Receiver lentTo = receiver;
        if (lentTo != null) {
            lentTo.onNotification(body);
        }
    }

    void onReadComplete() {
        Receiver lentTo = receiver;
        if (lentTo != null) {
            lentTo.onServerReadComplete();
        }
    }

    void onWritability() {
        Receiver lentTo = receiver;
        if (lentTo != null) {
            lentTo.onServerWritability(channel.isWritable());
        }
    }

    void onClosed() {
        spoiled = true;
        Exchange asked = exchange;
        if (asked != null) {
            asked.fail(ErrorReports.lost(login(), "it was closed"));
        }
        Receiver lentTo = receiver;
        receiver = null;
        if (lentTo != null) {
            lentTo.onServerClosed();
        }
        relay.release();
    }

    void onViolation(ErrorReport report) {
        Exchange asked = exchange;
        if (asked != null) {
            asked.fail(report);
        }
        abandon();
    }
}
