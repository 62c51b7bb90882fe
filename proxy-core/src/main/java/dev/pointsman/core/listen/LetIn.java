package dev.pointsman.core.listen;

import dev.pointsman.core.pool.Borrower;
import dev.pointsman.core.pool.PoolKey;
import dev.pointsman.core.pool.StartupOptions;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.server.login.ServerParameters;
import dev.pointsman.core.session.Session;
import dev.pointsman.core.session.SessionScope;
import dev.pointsman.core.session.SessionStart;
import dev.pointsman.core.session.carry.AskedSettings;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.message.CancelKey;
import dev.pointsman.core.wire.message.StartupPacket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Lets an authenticated client in: tells it the server's parameters and its cancel key, and begins
/// its session.
///
/// The parameters are those that the server reported earlier. When nothing is known of it yet, a
/// connection is borrowed to learn them; not while the gate is closed, when no connection may be
/// opened.
final class LetIn extends Phase implements Borrower {
    private static final long LOOK_AGAIN_MILLIS = 50;

    private final StartupPacket.Startup packet;
    private @Nullable ChannelHandlerContext context;
    private @Nullable SessionScope scope;
    private @Nullable PoolKey borrowing;
    private long waitedMillis;

    LetIn(Door door, StartupPacket.Startup packet) {
        super(door);
        this.packet = packet;
    }

    @Override
    void onBegin(ChannelHandlerContext ctx) {
        context = ctx;
        String database = packet.database();
        var refusal = door.refusal(database);
        if (refusal.isPresent()) {
            refuse(ctx, refusal.get());
            return;
        }
        String user = packet.user();
        var limits = door.config().database(database).limits();
        var counts = door.counts();
        var full = counts.countIn(database, user, limits);
        if (full.isPresent()) {
            refuse(ctx, full.get());
            return;
        }
        // Without this phase, which nobody needs any more once the client is in.
        ctx.channel().closeFuture().addListener(_ -> counts.countOut(database, user));
        // Queries sent ahead are read when there is a session for them.
        ctx.channel().config().setAutoRead(false);
        SessionScope found = door.scope(database, ctx.channel().eventLoop());
        scope = found;
        findParameters(ctx, found);
    }

    @Override
    void onBytes(ChannelHandlerContext ctx, ByteBuf in) {}

    @Override
    void onEnd(ChannelHandlerContext ctx) {
        PoolKey waitingFor = borrowing;
        if (waitingFor != null && scope != null) {
            scope.pool().cancelBorrow(waitingFor, this);
        }
    }

    /// A login that waits for the gate is told what keeps that closed.
    @Override
    ErrorReport overdue(ErrorReport otherwise) {
        return scope == null ? otherwise : scope.gate().whyClosed().orElse(otherwise);
    }

    @Override
    public void onServer(ServerConnection connection) {
        borrowing = null;
        SessionScope found = scope;
        ChannelHandlerContext ctx = context;
        if (found != null && ctx != null) {
            Map<String, String> learnt = connection.initial().asMap();
            found.pool().giveBack(connection);
            if (!isOver()) {
                letIn(ctx, found, learnt);
            }
        }
    }

    @Override
    public void onRefused(ErrorReport why) {
        borrowing = null;
        SessionScope found = scope;
        ChannelHandlerContext ctx = context;
        if (ctx == null || found == null) {
            return;
        }
        if (found.gate().isOpen()) {
            refuse(ctx, why);
        } else {
            // Whatever the pool lacks: it is the gate that keeps this client waiting now.
            findParameters(ctx, found);
        }
    }

    private void findParameters(ChannelHandlerContext ctx, SessionScope found) {
        if (isOver()) {
            return;
        }
        String database = packet.database();
        String server = found.routes().current(database).server();
        Set<String> asked = AskedSettings.of(packet.parameters()).keySet();
        Optional<Map<String, String>> known =
                door.parameters()
                        .of(database, server, serverUser(found), asked)
                        .or(
                                () ->
                                        found.gate().isOpen()
                                                ? Optional.empty()
                                                : door.parameters().near(database, server));
        if (known.isPresent()) {
            letIn(ctx, found, known.get());
        } else if (found.gate().isOpen()) {
            PoolKey key =
                    new PoolKey(
                            database,
                            server,
                            serverUser(found),
                            StartupOptions.of(packet.parameters(), found.database().pool().mode()));
            borrowing = key;
            found.pool().borrow(key, this);
        } else {
            awaitGate(ctx, found);
        }
    }

    private String serverUser(SessionScope found) {
        return found.database().serverUser(packet.user());
    }

    /// Nothing was ever learnt of this database: the login waits for the gate, as long as a query
    /// would.
    private void awaitGate(ChannelHandlerContext ctx, SessionScope found) {
        long limit = found.database().limits().queryWaitTimeout().toMillis();
        var why = found.gate().whyClosed();
        if (why.isPresent() && limit > 0 && waitedMillis >= limit) {
            refuse(ctx, why.get());
        } else {
            waitedMillis += LOOK_AGAIN_MILLIS;
            ctx.executor()
                    .schedule(
                            () -> findParameters(ctx, found),
                            LOOK_AGAIN_MILLIS,
                            TimeUnit.MILLISECONDS);
        }
    }

    private void letIn(ChannelHandlerContext ctx, SessionScope found, Map<String, String> server) {
        Channel channel = ctx.channel();
        ServerParameters told = ServerParameters.of(told(found, server));
        CancelKey key = newKey(packet);
        var start = new SessionStart(packet.user(), packet.parameters(), told, key);
        greet(ctx, told, key, () -> Session.begin(channel, start, found, door.sessions()));
    }

    /// The server's parameters with what this client asked for over them.
    private Map<String, String> told(SessionScope found, Map<String, String> server) {
        Map<String, String> asked = AskedSettings.of(packet.parameters());
        asked.put("session_authorization", serverUser(found));
        asked.putIfAbsent("application_name", "");
        Map<String, String> told = new LinkedHashMap<>(server);
        told.replaceAll(
                (name, value) -> {
                    String own = asked.get(name.toLowerCase(Locale.ROOT));
                    return own == null ? value : own;
                });
        return told;
    }
}
