package dev.pointsman.core.listen.transport;

import dev.pointsman.core.channel.Sockets;

import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;

import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// How sockets are driven: epoll where there is one, else NIO. io_uring is none of them: an end or
/// bytes that come while a socket is not read can be lost there for good
/// (docs/decisions/0129-epoll.md).
public record Transport(
        String name,
        IoHandlerFactory io,
        ChannelFactory<ServerChannel> servers,
        ChannelFactory<ServerChannel> localServers,
        Sockets sockets) {

    /// The best that works here.
    public static Transport choose() {
        return available().getFirst();
    }

    /// Those that work here, the best first.
    public static List<Transport> available() {
        var found = new ArrayList<Transport>();
        if (Epoll.isAvailable()) {
            found.add(epoll());
        }
        found.add(nio());
        return found;
    }

    private static Transport epoll() {
        return new Transport(
                "epoll",
                EpollIoHandler.newFactory(),
                EpollServerSocketChannel::new,
                EpollServerDomainSocketChannel::new,
                new Sockets(
                        EpollSocketChannel::new,
                        EpollDomainSocketChannel::new,
                        Transport::address));
    }

    private static Transport nio() {
        return new Transport(
                "nio",
                NioIoHandler.newFactory(),
                NioServerSocketChannel::new,
                NioServerDomainSocketChannel::new,
                Sockets.of(NioSocketChannel::new));
    }

    private static SocketAddress address(Path file) {
        return new DomainSocketAddress(file.toFile());
    }

    /// With few cores, fewer loops are better: the servers and the control path need some too.
    public static int defaultLoops() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    }

    public MultiThreadIoEventLoopGroup loops(int count) {
        return new MultiThreadIoEventLoopGroup(
                count, new DefaultThreadFactory("pointsman-loop"), io);
    }
}
