package dev.pointsman.core.listen;

import dev.pointsman.core.pool.Route;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.server.login.ServerRefused;
import dev.pointsman.core.session.SessionScope;
import dev.pointsman.core.session.replication.Replication;
import dev.pointsman.core.session.replication.ReplicationStart;
import dev.pointsman.core.session.replication.Replications;
import dev.pointsman.core.wire.message.CancelKey;
import dev.pointsman.core.wire.message.StartupPacket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;

import java.util.LinkedHashMap;
import java.util.Map;

/// Gives an authenticated client that wants to replicate a connection of its own to the server that
/// serves, and lets it in.
///
/// SQL that it runs there is made to read only, and waits while the gate is closed: nothing is
/// written while a cutover takes it that nothing is.
final class Replicate extends Phase {

    private final StartupPacket.Startup packet;

    Replicate(Door door, StartupPacket.Startup packet) {
        super(door);
        this.packet = packet;
    }

    @Override
    void onBegin(ChannelHandlerContext ctx) {
        var refusal = door.refusal(packet.database());
        if (refusal.isPresent()) {
            refuse(ctx, refusal.get());
            return;
        }
        ctx.channel().config().setAutoRead(false);
        SessionScope scope = door.scope(packet.database(), ctx.channel().eventLoop());
        Route route = scope.routes().current(packet.database());
        if (!scope.gate().isOpen() || door.replication().isEmpty()) {
            refuse(ctx, Replications.notNow());
            return;
        }
        door.replication()
                .get()
                .open(
                        route,
                        scope.database().serverUser(packet.user()),
                        startup(),
                        ctx.channel().eventLoop())
                .addListener(
                        (Future<ServerConnection> opened) -> onOpened(ctx, scope, route, opened));
    }

    @Override
    void onBytes(ChannelHandlerContext ctx, ByteBuf in) {}

    private Map<String, String> startup() {
        Map<String, String> startup = new LinkedHashMap<>(packet.parameters());
        startup.keySet().removeIf(name -> name.startsWith("_pq_.") || name.equals("user"));
        if (packet.isPhysical()) {
            startup.put("database", "replication");
        } else {
            startup.remove("database");
            startup.put("default_transaction_read_only", "on");
        }
        return startup;
    }

    private void onOpened(
            ChannelHandlerContext ctx,
            SessionScope scope,
            Route route,
            Future<ServerConnection> opened) {
        if (!opened.isSuccess()) {
            refuse(ctx, ServerRefused.of(opened.cause()).report());
            return;
        }
        ServerConnection server = opened.getNow();
        Route now = scope.routes().current(route.database());
        if (isOver()) {
            server.close();
        } else if (!now.server().equals(route.server())) {
            server.close();
            refuse(ctx, Replications.moved(route, now));
        } else {
            letIn(ctx, scope, server, route);
        }
    }

    private void letIn(
            ChannelHandlerContext ctx, SessionScope scope, ServerConnection server, Route route) {
        Channel channel = ctx.channel();
        CancelKey key = newKey(packet);
        var start = new ReplicationStart(route, packet.user(), packet.isPhysical(), key);
        greet(
                ctx,
                server.parameters(),
                key,
                () ->
                        Replication.begin(
                                channel,
                                server,
                                start,
                                scope.gate(),
                                door.sessions().replications()));
    }
}
