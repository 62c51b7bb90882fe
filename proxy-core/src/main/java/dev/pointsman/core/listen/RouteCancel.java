package dev.pointsman.core.listen;

import dev.pointsman.core.wire.message.CancelKey;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/// Passes a cancel request to the session that the key belongs to, and closes the connection when
/// it has taken effect. There is never an answer, so nobody can tell a wrong key from a right one.
final class RouteCancel extends Phase {
    private final CancelKey key;

    RouteCancel(Door door, CancelKey key) {
        super(door);
        this.key = key;
    }

    @Override
    void onBegin(ChannelHandlerContext ctx) {
        // It is no login: cancel_wait_timeout bounds it.
        ctx.pipeline().remove(Accept.LOGIN_LIMIT);
        door.sessions().cancel(key).whenComplete((_, _) -> ctx.close());
    }

    @Override
    void onBytes(ChannelHandlerContext ctx, ByteBuf in) {
        in.skipBytes(in.readableBytes());
    }
}
