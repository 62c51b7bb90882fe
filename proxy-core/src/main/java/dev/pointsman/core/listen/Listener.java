package dev.pointsman.core.listen;

import dev.pointsman.core.channel.Ends;
import dev.pointsman.core.config.Listen;
import dev.pointsman.core.listen.port.ListenPort;
import dev.pointsman.core.listen.transport.Transport;

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
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// The client port, and a socket file besides. Any thread.
public final class Listener {
    private static final int BACKLOG = 1024;
    private static final WriteBufferWaterMark WATER_MARK =
            new WriteBufferWaterMark(64 * 1024, 256 * 1024);

    private final Accept accept;
    private final EventLoopGroup loops;
    private final Channel channel;
    private volatile Optional<Channel> local = Optional.empty();

    private Listener(Accept accept, EventLoopGroup loops, Channel channel) {
        this.accept = accept;
        this.loops = loops;
        this.channel = channel;
    }

    /// Binds the port. Looks a host name up, which may take seconds. Fails with an [IOException]
    /// for people.
    public static CompletableFuture<Listener> bind(
            Listen listen,
            Door door,
            EventLoopGroup loops,
            ChannelFactory<ServerChannel> channels) {
        CompletableFuture<Listener> bound = new CompletableFuture<>();
        var port = ListenPort.of(listen);
        InetSocketAddress address;
        try {
            address = port.address();
        } catch (IOException unknown) {
            return CompletableFuture.failedFuture(unknown);
        }
        var accept = new Accept(door);
        bootstrap(accept, loops, channels)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .bind(address)
                .addListener(
                        (ChannelFuture done) -> {
                            if (done.isSuccess()) {
                                bound.complete(new Listener(accept, loops, done.channel()));
                            } else {
                                bound.completeExceptionally(port.failure(done.cause()));
                            }
                        });
        return bound;
    }

    /// Binds a socket file that is not there yet, besides the port.
    public CompletableFuture<Void> bindLocal(Path file, Transport transport) {
        CompletableFuture<Void> bound = new CompletableFuture<>();
        bootstrap(accept, loops, transport.localServers())
                .childAttr(Ends.KNOWN, Ends.of(file))
                .bind(transport.sockets().address().apply(file))
                .addListener(
                        (ChannelFuture done) -> {
                            if (done.isSuccess()) {
                                local = Optional.of(done.channel());
                                bound.complete(null);
                            } else {
                                bound.completeExceptionally(done.cause());
                            }
                        });
        return bound;
    }

    private static ServerBootstrap bootstrap(
            Accept accept, EventLoopGroup loops, ChannelFactory<ServerChannel> channels) {
        return new ServerBootstrap()
                .group(loops)
                .channelFactory(channels)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childHandler(accept);
    }

    /// The port that is bound, also when the system chose it.
    public int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /// Accepts no more; connections stay. Completes when nobody can connect any more: who came
    /// while the loops end would be in nobody's hands.
    public CompletableFuture<Void> close() {
        return CompletableFuture.allOf(
                closed(channel),
                local.map(Listener::closed).orElse(CompletableFuture.completedFuture(null)));
    }

    private static CompletableFuture<Void> closed(Channel channel) {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        channel.close().addListener(_ -> closed.complete(null));
        return closed;
    }
}
