package dev.pointsman.core.simulation;

import dev.pointsman.core.session.Session;
import dev.pointsman.core.session.SessionState;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

import org.jspecify.annotations.Nullable;

/// A planted fault: of what a held client sends, every other read is taken behind the next one.
final class Disorder extends ChannelInboundHandlerAdapter {
    private final Session session;
    private @Nullable ByteBuf late;

    Disorder(Session session) {
        this.session = session;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf before = late;
        if (before != null) {
            late = null;
            ctx.fireChannelRead(message);
            ctx.fireChannelRead(before);
        } else if (session.state() == SessionState.HELD) {
            late = (ByteBuf) message;
        } else {
            ctx.fireChannelRead(message);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ByteBuf before = late;
        if (before != null) {
            late = null;
            before.release();
        }
        ctx.fireChannelInactive();
    }
}
