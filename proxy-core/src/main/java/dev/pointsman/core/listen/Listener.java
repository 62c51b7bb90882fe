package dev.pointsman.core.listen;

import dev.pointsman.core.config.Listen;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;

/// The client port. Any thread.
public final class Listener {
    private static final int BACKLOG = 1024;
    private static final WriteBufferWaterMark WATER_MARK =
            new WriteBufferWaterMark(64 * 1024, 256 * 1024);

    private final Channel channel;

    private Listener(Channel channel) {
        this.channel = channel;
    }

    /// Binds. Fails with an [IOException] that names address and port.
    public static CompletableFuture<Listener> bind(
            Listen listen,
            Door door,
            EventLoopGroup loops,
            ChannelFactory<ServerChannel> channels) {
        CompletableFuture<Listener> bound = new CompletableFuture<>();
        new ServerBootstrap()
                .group(loops)
                .channelFactory(channels)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childHandler(new Accept(door))
                .bind(address(listen))
                .addListener(
                        (ChannelFuture done) -> {
                            if (done.isSuccess()) {
                                bound.complete(new Listener(done.channel()));
                            } else {
                                bound.completeExceptionally(cannotListen(listen, done.cause()));
                            }
                        });
        return bound;
    }

    /// The port that is bound, also when the system chose it.
    public int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /// Accepts no more; connections stay. Completes when nobody can connect any more: who came
    /// while the loops end would be in nobody's hands.
    public CompletableFuture<Void> close() {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        channel.close().addListener(_ -> closed.complete(null));
        return closed;
    }

    private static InetSocketAddress address(Listen listen) {
        return listen.host().equals("*")
                ? new InetSocketAddress(listen.port())
                : new InetSocketAddress(listen.host(), listen.port());
    }

    private static IOException cannotListen(Listen listen, Throwable cause) {
        return new IOException(
                "cannot listen for clients on %s:%d: %s; stop what uses the port, or give listen.host and listen.port another one"
                        .formatted(listen.host(), listen.port(), cause.getMessage()),
                cause);
    }
}
