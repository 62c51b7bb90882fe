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
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringDomainSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerDomainSocketChannel;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;

import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// How sockets are driven: io_uring where the kernel and the container allow it, else epoll, else
/// NIO.
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
        if (IoUring.isAvailable()) {
            found.add(ioUring());
        }
        if (Epoll.isAvailable()) {
            found.add(epoll());
        }
        found.add(nio());
        return found;
    }

    private static Transport ioUring() {
        return new Transport(
                "io_uring",
                IoUringIoHandler.newFactory(),
                IoUringServerSocketChannel::new,
                IoUringServerDomainSocketChannel::new,
                new Sockets(
                        IoUringSocketChannel::new,
                        IoUringDomainSocketChannel::new,
                        Transport::address));
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
