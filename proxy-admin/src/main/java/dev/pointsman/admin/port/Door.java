package dev.pointsman.admin.port;

import dev.pointsman.core.listen.port.ListenPort;
import dev.pointsman.core.listen.tls.TlsPort;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/// The sockets that operators connect to, with one event loop of their own: nothing that operators
/// do touches the loops that carry clients.
public final class Door implements AutoCloseable {
    private static final Duration QUIET = Duration.ZERO;
    private static final Duration CLOSE_MAX = Duration.ofSeconds(2);

    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(
                    1,
                    Thread.ofPlatform().name("admin").daemon().factory(),
                    NioIoHandler.newFactory());
    private final Connections connections = new Connections();
    private final List<Channel> listening = new ArrayList<>();
    private final Duration loginTimeout;
    private final TlsPort tls;

    /// `loginTimeout` bounds the time to log in, or to send a request; zero is no limit. `tls` is
    /// how the port for both protocols encrypts.
    public Door(Duration loginTimeout, TlsPort tls) {
        this.loginTimeout = loginTimeout;
        this.tls = tls;
    }

    /// What a connection becomes, by the protocol it speaks.
    public record Protocols(
            BiConsumer<SocketChannel, Deadline> console,
            BiConsumer<SocketChannel, Deadline> http) {}

    /// Listens for both protocols, or with `httpOnly` for one.
    ///
    /// @return the port
    /// @throws IOException for people, when the port cannot be had
    public int listen(ListenPort port, Protocols protocols, boolean httpOnly) throws IOException {
        var address = port.address();
        var bootstrap =
                new ServerBootstrap()
                        .group(loop)
                        .channel(NioServerSocketChannel.class)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.SO_KEEPALIVE, true)
                        .childHandler(new Accept(protocols, httpOnly));
        var bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw port.failure(bound.cause());
        }
        listening.add(bound.channel());
        return ((InetSocketAddress) bound.channel().localAddress()).getPort();
    }

    private final class Accept extends ChannelInitializer<SocketChannel> {
        private final Protocols protocols;
        private final boolean httpOnly;

        Accept(Protocols protocols, boolean httpOnly) {
            this.protocols = protocols;
            this.httpOnly = httpOnly;
        }

        @Override
        protected void initChannel(SocketChannel channel) {
            if (!connections.admit(channel)) {
                channel.close();
                return;
            }
            var deadline = new Deadline(channel, loginTimeout);
            if (httpOnly) {
                protocols.http().accept(channel, deadline);
            } else {
                channel.pipeline()
                        .addLast(
                                new Sniffer(
                                        tls,
                                        () -> protocols.console().accept(channel, deadline),
                                        () -> protocols.http().accept(channel, deadline)));
            }
        }
    }

    /// Stops listening and ends every connection.
    @Override
    public void close() {
        listening.forEach(channel -> channel.close().awaitUninterruptibly());
        connections.close();
        loop.shutdownGracefully(QUIET.toMillis(), CLOSE_MAX.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly();
    }
}
