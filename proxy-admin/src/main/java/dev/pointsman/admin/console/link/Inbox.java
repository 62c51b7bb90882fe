package dev.pointsman.admin.console.link;

import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.ProtocolViolation;
import dev.pointsman.core.wire.SqlState;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;

import java.io.IOException;
import java.util.concurrent.LinkedBlockingQueue;

/// Hands what arrives on the event loop to the virtual thread of the console session. When the
/// thread is busy and enough is queued, the socket is not read until it has caught up.
public final class Inbox extends SimpleChannelInboundHandler<Incoming> {
    private static final int QUEUED_MAX = 64;

    private final LinkedBlockingQueue<Incoming> queue = new LinkedBlockingQueue<>();
    private final Channel channel;
    private final Runnable onLost;

    /// `onLost` runs on the event loop as soon as the connection is known to be gone.
    public Inbox(Channel channel, Runnable onLost) {
        this.channel = channel;
        this.onLost = onLost;
    }

    /// Waits for the next. On the session's thread.
    public Incoming take() throws InterruptedException {
        var next = queue.take();
        if (!channel.config().isAutoRead() && queue.size() < QUEUED_MAX / 2) {
            channel.config().setAutoRead(true);
        }
        return next;
    }

    /// Adds what has arrived in another way. On the event loop.
    public void accept(Incoming incoming) {
        queue.add(incoming);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, Incoming incoming) {
        accept(incoming);
        if (queue.size() >= QUEUED_MAX) {
            channel.config().setAutoRead(false);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        queue.add(new Incoming.Gone());
        onLost.run();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        channel.config().setAutoRead(false);
        if (cause instanceof DecoderException && cause.getCause() instanceof ProtocolViolation it) {
            queue.add(new Incoming.Broken(it.report()));
        } else if (cause instanceof ProtocolViolation it) {
            queue.add(new Incoming.Broken(it.report()));
        } else if (cause instanceof IOException) {
            context.close();
        } else {
            queue.add(
                    new Incoming.Broken(
                            ErrorReport.fatal(
                                    SqlState.INTERNAL_ERROR,
                                    "the console met a fault of its own: " + cause)));
        }
    }
}
