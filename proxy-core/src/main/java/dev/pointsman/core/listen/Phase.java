package dev.pointsman.core.listen;

import dev.pointsman.core.channel.Ends;
import dev.pointsman.core.listen.tls.Handshake;
import dev.pointsman.core.server.login.ServerParameters;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.ProtocolViolation;
import dev.pointsman.core.wire.SqlState;
import dev.pointsman.core.wire.TransactionStatus;
import dev.pointsman.core.wire.message.CancelKey;
import dev.pointsman.core.wire.message.LoginReplies;
import dev.pointsman.core.wire.message.Replies;
import dev.pointsman.core.wire.message.StartupPacket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;

/// One phase of a login: takes the client's bytes until it can hand on to the next.
///
/// Bytes that belong to later phases, or to the session, are kept and handed on. They are bounded:
/// beyond the longest message of a login the socket is not read.
abstract class Phase extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(Phase.class);

    /// More than any one message of a login may have.
    private static final int KEPT_MAX = 128 * 1024;

    final Door door;
    private ByteBuf kept = Unpooled.EMPTY_BUFFER;
    private boolean over;

    Phase(Door door) {
        this.door = door;
    }

    /// Takes what it can of the bytes that have come so far; called again when there are more.
    abstract void onBytes(ChannelHandlerContext ctx, ByteBuf in);

    /// The phase begins; bytes that came before follow.
    void onBegin(ChannelHandlerContext ctx) {}

    /// The client went away, or was refused.
    void onEnd(ChannelHandlerContext ctx) {}

    /// What the client is told when its login has taken too long.
    ErrorReport overdue(ErrorReport otherwise) {
        return otherwise;
    }

    @Override
    public final void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (over) {
            bytes.release();
            return;
        }
        keep(ctx, bytes);
        work(ctx);
    }

    /// The client went away.
    @Override
    public final void channelInactive(ChannelHandlerContext ctx) {
        end(ctx);
        ctx.fireChannelInactive();
    }

    @Override
    public final void handlerRemoved(ChannelHandlerContext ctx) {
        kept.release();
        kept = Unpooled.EMPTY_BUFFER;
    }

    @Override
    public final void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        switch (cause) {
            case ProtocolViolation violation -> refuse(ctx, violation.report());
            case IOException _ -> ctx.close();
            default -> {
                log.atError().setCause(cause).log("a login met a fault");
                refuse(
                        ctx,
                        ErrorReport.fatal(SqlState.INTERNAL_ERROR, "the login met a fault")
                                .withHint("The proxy's log says more."));
            }
        }
    }

    /// The next phase takes the bytes that are left.
    final void next(ChannelHandlerContext ctx, Phase phase) {
        over = true;
        phase.kept = kept;
        kept = Unpooled.EMPTY_BUFFER;
        String name = phase.getClass().getSimpleName();
        ctx.pipeline().replace(this, name, phase);
        ChannelHandlerContext nextContext = ctx.pipeline().context(phase);
        phase.begin(nextContext);
    }

    /// A cancel key as long as the client's protocol has it.
    final CancelKey newKey(StartupPacket.Startup packet) {
        return door.sessions().newKey(packet.secretBytes());
    }

    /// Says the last words of a login, which is over then, and leaves the channel to `taker`.
    final void greet(
            ChannelHandlerContext ctx, ServerParameters told, CancelKey key, Runnable taker) {
        Channel channel = ctx.channel();
        ByteBuf out = ctx.alloc().buffer();
        for (int i = 0; i < told.size(); i++) {
            LoginReplies.parameterStatus(out, told.name(i), told.value(i));
        }
        LoginReplies.backendKeyData(out, key);
        Replies.readyForQuery(out, TransactionStatus.IDLE);
        ctx.write(out);
        channel.pipeline().remove(Accept.LOGIN_LIMIT);
        channel.config().setAutoRead(true);
        leave(ctx, taker);
        // Whoever has read that it is let in finds its session in every list.
        channel.flush();
    }

    /// The login is over. `taker` puts its handlers behind this one, and the bytes that are left
    /// follow from here: what stands before, encryption, they have behind them.
    final void leave(ChannelHandlerContext ctx, Runnable taker) {
        over = true;
        ByteBuf rest = kept;
        kept = Unpooled.EMPTY_BUFFER;
        taker.run();
        if (rest.isReadable()) {
            ctx.fireChannelRead(rest);
            ctx.fireChannelReadComplete();
        } else {
            rest.release();
        }
        if (!ctx.isRemoved()) {
            ctx.pipeline().remove(this);
        }
    }

    final void refuse(ChannelHandlerContext ctx, ErrorReport why) {
        refuse(ctx, why, why.message());
    }

    /// @param reason for the log, which may say more than the client is told
    final void refuse(ChannelHandlerContext ctx, ErrorReport why, String reason) {
        if (over) {
            return;
        }
        if (door.config().log().connections()) {
            log.atInfo()
                    .addKeyValue("client", Ends.remote(ctx.channel()))
                    .addKeyValue("sqlstate", why.sqlState().code())
                    .addKeyValue("reason", reason)
                    .log("login refused");
        }
        end(ctx);
        if (Handshake.isRunning(ctx.channel())) {
            ctx.close();
            return;
        }
        ByteBuf out = ctx.alloc().buffer();
        Replies.report(out, why);
        ctx.writeAndFlush(out).addListener(ChannelFutureListener.CLOSE);
    }

    final boolean isOver() {
        return over;
    }

    /// Something was waited for: bytes that came meanwhile are taken now.
    final void resume(ChannelHandlerContext ctx) {
        work(ctx);
    }

    private void begin(ChannelHandlerContext ctx) {
        try {
            onBegin(ctx);
            work(ctx);
        } catch (ProtocolViolation violation) {
            refuse(ctx, violation.report());
        }
    }

    private void work(ChannelHandlerContext ctx) {
        if (!over) {
            onBytes(ctx, kept);
        }
        if (!over) {
            ctx.channel().config().setAutoRead(kept.readableBytes() < KEPT_MAX);
        }
    }

    private void end(ChannelHandlerContext ctx) {
        if (!over) {
            over = true;
            onEnd(ctx);
        }
    }

    private void keep(ChannelHandlerContext ctx, ByteBuf bytes) {
        if (!kept.isReadable()) {
            kept.release();
            kept = bytes;
        } else {
            ByteBuf both = ctx.alloc().buffer(kept.readableBytes() + bytes.readableBytes());
            both.writeBytes(kept).writeBytes(bytes);
            kept.release();
            bytes.release();
            kept = both;
        }
    }
}
