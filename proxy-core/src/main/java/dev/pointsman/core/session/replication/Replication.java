package dev.pointsman.core.session.replication;

import dev.pointsman.core.channel.Ends;
import dev.pointsman.core.gate.Gated;
import dev.pointsman.core.gate.Insider;
import dev.pointsman.core.gate.LoopGate;
import dev.pointsman.core.gate.Place;
import dev.pointsman.core.pool.row.ServerRow;
import dev.pointsman.core.server.FrameRelay;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.session.SessionRow;
import dev.pointsman.core.session.SessionState;
import dev.pointsman.core.tls.Secured;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.FrameScanner;
import dev.pointsman.core.wire.FrameSelection;
import dev.pointsman.core.wire.FrontendType;
import dev.pointsman.core.wire.ProtocolViolation;
import dev.pointsman.core.wire.SqlState;
import dev.pointsman.core.wire.message.CancelKey;
import dev.pointsman.core.wire.message.Replies;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/// One client's replication connection and its server connection: passes messages on both ways.
/// Confined to one event loop, but for what [Replications] asks.
///
/// One to a database takes SQL as well, and could write. So no query begins on it while the gate is
/// closed; it is never inside, and whoever counts sessions on the server counts it as a stranger
/// while it holds a transaction id.
public final class Replication extends ChannelInboundHandlerAdapter
        implements ServerConnection.Receiver, Gated {
    private static final Logger log = LoggerFactory.getLogger(Replication.class);
    private static final FrameSelection SELECTION = FrameSelection.ofFrontend().withAllHeaders();

    private final Channel client;
    private final ServerConnection server;
    private final ReplicationStart start;
    private final Replications all;
    private final LoopGate gate;
    private final Place place = new Place(this);
    private final FrameRelay relay;
    private final Instant since = Instant.now();
    private boolean over;

    private Replication(
            Channel client,
            ServerConnection server,
            ReplicationStart start,
            LoopGate gate,
            Replications all) {
        this.client = client;
        this.server = server;
        this.start = start;
        this.gate = gate;
        this.all = all;
        this.relay = new FrameRelay(SELECTION, client.alloc());
    }

    /// Begins to pass messages on between a client that was let in and told so, and a connection
    /// that was opened for it alone. On their event loop.
    public static void begin(
            Channel client,
            ServerConnection server,
            ReplicationStart start,
            LoopGate gate,
            Replications all) {
        var replication = new Replication(client, server, start, gate, all);
        replication.relay.to(server.channel());
        server.attach(replication);
        server.relay().to(client);
        all.add(replication);
        client.pipeline().addLast("replication", replication);
        replication.logLine("replication connection begins", "");
        if (!client.isActive()) {
            replication.end("the client has gone");
        }
    }

    ReplicationStart start() {
        return start;
    }

    CancelKey key() {
        return start.key();
    }

    EventLoop loop() {
        return client.eventLoop();
    }

    void cancel(CompletableFuture<Void> done) {
        if (over) {
            done.complete(null);
        } else if (place.isHeld()) {
            endWith(
                    ErrorReport.fatal(
                            SqlState.QUERY_CANCELED,
                            "canceling statement due to user request; it was not run"));
            done.complete(null);
        } else {
            server.cancel().addListener(_ -> done.complete(null));
        }
    }

    void endLater(ErrorReport lastWords) {
        loop().execute(() -> endWith(lastWords));
    }

    SessionRow row() {
        return new SessionRow(
                key().processId(),
                start.route().database(),
                start.user(),
                Ends.remote(client),
                Ends.local(client),
                SessionState.INSIDE,
                "",
                server.pid(),
                since,
                since,
                new SessionRow.Ties(
                        "it is a replication connection, which ends when another server serves",
                        "",
                        start.kind()),
                Secured.inWords(client));
    }

    ServerRow serverRow() {
        return new ServerRow(
                start.route().database(),
                start.route().server(),
                start.user(),
                "active",
                Ends.of(server.channel()),
                server.connectedAt(),
                since,
                server.pid(),
                false,
                start.route().epoch());
    }

    // The client

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (over) {
            ((ByteBuf) message).release();
            return;
        }
        relay.add((ByteBuf) message);
        if (!place.isHeld()) {
            passOn();
        }
    }

    private void passOn() {
        for (int type = relay.next(); type != FrameScanner.NONE; type = relay.next()) {
            if (type == FrontendType.TERMINATE) {
                relay.drop();
                end("the client said goodbye");
                return;
            }
            if (type == FrontendType.QUERY && !start.physical() && !gate.isOpen()) {
                relay.cut();
                server.channel().flush();
                client.config().setAutoRead(false);
                gate.hold(this);
                return;
            }
            relay.pass();
        }
    }

    // The gate

    @Override
    public Place place() {
        return place;
    }

    @Override
    public void onGateOpened() {
        if (over) {
            return;
        }
        gate.forget(this); // its turn: the next hold draws another
        try {
            passOn();
        } catch (ProtocolViolation violation) {
            endWith(violation.report());
            return;
        }
        server.channel().flush();
        readClient();
    }

    @Override
    public void onHoldExpired(ErrorReport why) {
        endWith(why);
    }

    @Override
    public Insider insider() {
        throw new IllegalStateException("a replication connection is never inside");
    }

    private void readClient() {
        client.config().setAutoRead(server.channel().isWritable() && !place.isHeld());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        server.channel().flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        server.channel().config().setAutoRead(client.isWritable());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end("the client has gone");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof ProtocolViolation violation) {
            endWith(violation.report());
        } else {
            end(String.valueOf(cause.getMessage()));
        }
    }

    // The server

    @Override
    public void onServerRead() {
        FrameRelay from = server.relay();
        for (int type = from.next(); type != FrameScanner.NONE; type = from.next()) {
            from.pass();
        }
    }

    @Override
    public void onServerReadComplete() {
        client.flush();
    }

    @Override
    public void onServerWritability(boolean writable) {
        readClient();
    }

    @Override
    public void onServerClosed() {
        end("the server has closed the connection");
    }

    // The end

    private void endWith(ErrorReport lastWords) {
        if (!over && !server.relay().insideMessage()) {
            ByteBuf out = client.alloc().buffer();
            Replies.report(out, lastWords);
            client.write(out, client.voidPromise());
        }
        end(lastWords.message());
    }

    private void end(String why) {
        if (over) {
            return;
        }
        over = true;
        gate.forget(this);
        all.remove(this);
        server.detach();
        server.close();
        relay.release();
        logLine("replication connection ended", why);
        client.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    private void logLine(String line, String reason) {
        var event =
                log.atInfo()
                        .addKeyValue("session", key().processId())
                        .addKeyValue("database", start.route().database())
                        .addKeyValue("server", start.route().server())
                        .addKeyValue("user", start.user())
                        .addKeyValue("kind", start.kind());
        (reason.isEmpty() ? event : event.addKeyValue("reason", reason)).log(line);
    }
}
