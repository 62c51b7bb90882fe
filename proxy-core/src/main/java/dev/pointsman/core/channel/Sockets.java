package dev.pointsman.core.channel;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.socket.nio.NioDomainSocketChannel;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.function.Function;

/// What a transport opens connections with.
///
/// @param network sockets to an address and a port
/// @param local Unix-domain sockets
/// @param address a socket file's address, as `local` wants it
public record Sockets(
        ChannelFactory<? extends Channel> network,
        ChannelFactory<? extends Channel> local,
        Function<Path, SocketAddress> address) {

    /// With the Java runtime's own Unix-domain sockets.
    public static Sockets of(ChannelFactory<? extends Channel> network) {
        return new Sockets(network, NioDomainSocketChannel::new, UnixDomainSocketAddress::of);
    }
}
