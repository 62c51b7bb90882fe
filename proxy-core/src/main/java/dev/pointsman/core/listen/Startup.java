package dev.pointsman.core.listen;

import dev.pointsman.core.config.Database;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.SqlState;
import dev.pointsman.core.wire.message.LoginReplies;
import dev.pointsman.core.wire.message.StartupPacket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;

/// Decides on the start-up packet: who may go on to prove who he is.
final class Startup extends Phase {
    private final StartupPacket.Startup packet;

    Startup(Door door, StartupPacket.Startup packet) {
        super(door);
        this.packet = packet;
    }

    static ErrorReport full(Door door) {
        return ErrorReport.fatal(
                        SqlState.TOO_MANY_CONNECTIONS,
                        "no more connections allowed (max_client_conn is %d)"
                                .formatted(door.config().limits().maxClientConn()))
                .withHint("Try again later, or raise max_client_conn.");
    }

    @Override
    void onBegin(ChannelHandlerContext ctx) {
        if (door.draining()) {
            refuse(
                    ctx,
                    ErrorReport.fatal(SqlState.ADMIN_SHUTDOWN, "the proxy is shutting down")
                            .withHint("Connect again."));
        } else if (isForAdmin()) {
            admin(ctx);
        } else if (!door.countIn()) {
            refuse(ctx, full(door));
        } else {
            ctx.channel().closeFuture().addListener(_ -> door.countOut());
            negotiateVersion(ctx);
            next(ctx, new Authenticate(door, named()));
        }
    }

    @Override
    void onBytes(ChannelHandlerContext ctx, ByteBuf in) {}

    private boolean isForAdmin() {
        String database = packet.database();
        return Database.CONSOLES.contains(database)
                && !door.config().databases().containsKey(database)
                && door.adminDoor().isPresent();
    }

    private void admin(ChannelHandlerContext ctx) {
        Channel channel = ctx.channel();
        channel.pipeline().remove(Accept.LOGIN_LIMIT);
        leave(ctx, () -> door.adminDoor().orElseThrow().accept(channel, packet));
    }

    /// Programs that copy a whole server name no database of ours when they are not told to, but
    /// `replication`: with one database there is one server that can be meant.
    private StartupPacket.Startup named() {
        var databases = door.config().databases().keySet();
        boolean meansTheOnly =
                packet.isPhysical()
                        && packet.database().equals("replication")
                        && databases.size() == 1
                        && door.config().wildcard().isEmpty()
                        && !databases.contains("replication");
        return meansTheOnly ? packet.withDatabase(databases.iterator().next()) : packet;
    }

    /// Says what is not spoken here, so that the client does without.
    private void negotiateVersion(ChannelHandlerContext ctx) {
        packet.negotiation()
                .ifPresent(
                        answer -> {
                            ByteBuf out = ctx.alloc().buffer();
                            LoginReplies.negotiateProtocolVersion(out, answer);
                            ctx.write(out);
                        });
    }
}
