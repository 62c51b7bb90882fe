package dev.pointsman.core.session;

import dev.pointsman.core.config.Limits;
import dev.pointsman.core.gate.Gated;
import dev.pointsman.core.gate.Insider;
import dev.pointsman.core.gate.Place;
import dev.pointsman.core.meter.DatabaseMeter;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.session.carry.AskedSettings;
import dev.pointsman.core.session.carry.sql.SqlStatements;
import dev.pointsman.core.session.clock.Overrun;
import dev.pointsman.core.session.clock.Sweep;
import dev.pointsman.core.session.pin.Pins;
import dev.pointsman.core.session.prepared.PreparedStatements;
import dev.pointsman.core.session.relay.ClientSide;
import dev.pointsman.core.session.relay.Conversation;
import dev.pointsman.core.session.relay.Inspection;
import dev.pointsman.core.session.relay.ServerSide;
import dev.pointsman.core.session.relay.SessionErrors;
import dev.pointsman.core.session.unit.UnitTracker;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.message.CancelKey;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// One client's conversation: owner of its state, confined to its event loop but for what says
/// otherwise. [Flow] has the way of its messages, [Link] its server connection.
public final class Session implements Gated, Sweep.Swept {
    private final EventLoop loop;
    private final SessionScope scope;
    private final SessionRegistry registry;
    private final CancelKey key;
    private final Place place = new Place(this);
    private final Conversation conversation;
    private final ClientSide client;
    private final UnitTracker tracker = new UnitTracker();
    private final Link link;
    private final SessionJournal journal;
    private final Flow flow;

    private Session(
            Channel channel, SessionStart start, SessionScope scope, SessionRegistry registry) {
        this.loop = channel.eventLoop();
        this.scope = scope;
        this.registry = registry;
        this.key = start.key();
        this.client = new ClientSide(channel, scope.database());
        var statements = scope.shared().statements();
        var bySql = new SqlStatements(start.told(), () -> statements.bounds().perServer());
        var pins = new Pins(scope.shared().watch(), scope.pool(), start.told(), bySql);
        this.conversation =
                new Conversation(
                        client,
                        tracker,
                        new PreparedStatements(client.relay(), tracker, statements, pins),
                        pins,
                        start.told(),
                        AskedSettings.of(start.startup()),
                        scope.meter());
        this.link = new Link(scope, conversation, start, new FromServer());
        this.journal =
                new SessionJournal(channel, start, scope.database().name(), registry.ticker());
        this.flow = new Flow(this, scope, conversation, link, journal);
    }

    /// Whether something sent to the client has not reached its socket.
    boolean hasUnsent() {
        var buffer = client.channel().unsafe().outboundBuffer();
        return buffer != null && buffer.totalPendingWriteBytes() > 0;
    }

    /// Begins the session of a client that was let in and told so. On the channel's event loop; its
    /// handler comes last, and the login's act no more.
    public static Session begin(
            Channel channel, SessionStart start, SessionScope scope, SessionRegistry registry) {
        var session = new Session(channel, start, scope, registry);
        registry.add(session);
        channel.pipeline().addLast("session", new ClientHandler(session));
        if (registry.logsConnections()) {
            session.journal.logBegin();
        }
        if (channel.isActive()) {
            session.client.updateReading();
        } else {
            session.end(EndReason.CLIENT_GONE);
        }
        return session;
    }

    // Any thread, at about this moment

    public long id() {
        return key.processId();
    }

    public CancelKey key() {
        return key;
    }

    @Override
    public String database() {
        return scope.database().name();
    }

    @Override
    public String user() {
        return journal.user();
    }

    public SessionState state() {
        return flow.state();
    }

    boolean isPinned() {
        return conversation.pins().any();
    }

    public SessionRow row() {
        return journal.row(
                flow.state(),
                conversation.told().get("application_name"),
                link.pid(),
                new SessionRow.Ties(
                        flow.inspection().misgivings(), conversation.pins().words(), "none"));
    }

    EventLoop loop() {
        return loop;
    }

    // What the client does

    void onClientRead(ByteBuf bytes) {
        if (state() == SessionState.ENDED) {
            bytes.release();
            return;
        }
        flow.reading(true);
        int count = bytes.readableBytes();
        scope.meter().bytes(DatabaseMeter.Direction.RECEIVED, count);
        client.relay().add(bytes);
        if (state() == SessionState.HELD) {
            client.gateHasRoom(scope.gate().keep(this, count));
        } else if (state() == SessionState.MOVING) {
            scope.gate().delayed(this);
        }
        flow.pump();
        if (client.relay().insideMessage() || client.relay().waiting() > 0) {
            journal.times().onPart();
        }
    }

    void onClientReadComplete() {
        flow.reading(false);
        link.flush();
        client.flush();
    }

    void onClientWritability(boolean writable) {
        ServerSide linked = link.server();
        if (linked != null) {
            linked.connection().channel().config().setAutoRead(writable);
        }
    }

    // What the gate says

    @Override
    public Place place() {
        return place;
    }

    @Override
    public void onGateOpened() {
        client.gateHasRoom(true);
        flow.stopWaiting();
        flow.pump();
    }

    @Override
    public void onHoldExpired(ErrorReport why) {
        flow.stopWaiting();
        endWith(why, EndReason.HELD_TOO_LONG);
    }

    @Override
    public Insider insider() {
        return new Inside(this, journal, link.pid(), !tracker.running(), link.isLost());
    }

    // Carrying the session to another server

    /// Moves now rather than at the next transaction, if there is anything to move.
    void moveEarly() {
        if (state() == SessionState.IDLE && link.server() != null && !link.isOnServingServer()) {
            flow.move();
        }
    }

    void onMoved(ServerConnection connection) {
        link.attachCarried(connection);
        flow.stopWaiting();
        flow.pump();
    }

    void onNotMoved(ErrorReport why) {
        link.moved();
        flow.stopWaiting();
        endWith(why, EndReason.NOT_CARRIED);
    }

    /// Its server connection while nothing runs there.
    Optional<ServerSide> idleServer() {
        return place.isInside() ? Optional.empty() : Optional.ofNullable(link.server());
    }

    // Cancelling

    /// The client asked for it. Completes when nothing later can be hit, or after
    /// `cancel_wait_timeout`: what was not sent to the server by then is not sent any more.
    void cancel(CompletableFuture<Void> done) {
        ServerSide linked = link.server();
        if (state() != SessionState.INSIDE || linked == null) {
            flow.cancelWaiting();
            done.complete(null);
            return;
        }
        linked.cancel(done);
        Duration limit = scope.database().limits().servers().cancelWait();
        if (!done.isDone() && !limit.isZero()) {
            var overdue =
                    loop.schedule(() -> done.complete(null), limit.toNanos(), TimeUnit.NANOSECONDS);
            done.whenComplete((_, _) -> overdue.cancel(false));
        }
    }

    /// The straggler policy `cancel`. Completes as the session leaves the gate's inside, with
    /// whether its transaction was given up.
    void takeBack(CompletableFuture<Boolean> done) {
        ServerSide linked = link.server();
        if (linked == null || !place.isInside()) {
            link.cancelLeftBehind().thenRun(() -> done.complete(false));
            return;
        }
        flow.takeBack(linked).left().thenAccept(done::complete);
        flow.pump();
    }

    // Limits of time

    @Override
    public boolean seemsOverdue(Limits.Times limits) {
        return journal.times().overrun(flow.doing(), limits).isPresent();
    }

    @Override
    public void endIfOverdue(Limits.Times limits) {
        loop.execute(
                () ->
                        journal.times()
                                .overrun(flow.doing(), limits)
                                .ifPresent(overrun -> overrun(overrun, limits)));
    }

    private void overrun(Overrun overrun, Limits.Times limits) {
        endWith(overrun.report(limits), EndReason.of(overrun));
        link.cancelLeftBehind();
    }

    // The end

    void endWith(ErrorReport lastWords, EndReason reason) {
        if (state() != SessionState.ENDED) {
            scope.meter().error(DatabaseMeter.Origin.PROXY, lastWords.sqlState().code());
            if (!link.isInsideAnswer()) {
                // Behind half a message it would be read as the message's rest.
                client.report(lastWords);
            }
            end(reason);
        }
    }

    void end(EndReason reason) {
        if (state() == SessionState.ENDED) {
            return;
        }
        flow.end();
        link.leaveBehind(this);
        client.relay().release();
        registry.remove(this);
        if (registry.logsConnections()) {
            journal.logEnd(reason);
        }
        client.close();
    }

    /// What the server does.
    private final class FromServer implements ServerSide.Events {
        @Override
        public void onServerReadComplete() {
            client.flush();
            onClientWritability(client.channel().isWritable());
            flow.pump();
        }

        @Override
        public void onServerWritability(boolean writable) {
            client.serverKeepsUp(writable);
            client.updateReading();
        }

        @Override
        public void onUnitAnswered() {
            long nanos = journal.times().onAnswer();
            if (tracker.due() == 0) {
                scope.meter().query(nanos);
                flow.inspection().onAnswered();
            }
        }

        @Override
        public Inspection inspection() {
            return flow.inspection();
        }

        @Override
        public void onSettingsFailed(ErrorReport why) {
            link.abandon();
            endWith(why, EndReason.SERVER_REFUSED);
        }

        @Override
        public void onServerClosed() {
            ServerSide lost = link.server();
            if (lost == null) {
                return;
            }
            boolean unknown =
                    place.isInside() && tracker.running() && flow.inspection().mayHaveCommitted();
            boolean cutShort = link.isInsideAnswer();
            if (place.isInside()) {
                link.lose(Session.this, lost.connection());
            }
            link.giveBack();
            if (lost.serverSaidGoodbye() || cutShort) {
                end(EndReason.SERVER_GONE);
            } else {
                endWith(
                        SessionErrors.serverLost(lost.connection().login().server(), unknown),
                        EndReason.SERVER_GONE);
            }
        }
    }

    /// The session as somebody sees it who waits for it to leave the gate.
    private record Inside(
            Session session,
            SessionJournal journal,
            int serverPid,
            boolean idleInTransaction,
            boolean isLost)
            implements Insider {
        @Override
        public long sessionId() {
            return session.id();
        }

        @Override
        public String user() {
            return journal.user();
        }

        @Override
        public String clientAddress() {
            return journal.clientAddress();
        }

        @Override
        public Instant since() {
            return journal.times().transactionAt();
        }

        @Override
        public CompletableFuture<Boolean> cancel() {
            var done = new CompletableFuture<Boolean>();
            session.loop().execute(() -> session.takeBack(done));
            return done;
        }
    }
}
