package dev.pointsman.core.channel;

import dev.pointsman.core.config.LocalAddress;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/// The two ends of a connection as rules, lists and logs are told of them: the socket's own, unless
/// something else is known. The ends of a Unix-domain socket are its file, both. Any thread.
///
/// @param remote where the other side is
/// @param local where we are
public record Ends(SocketAddress remote, SocketAddress local) {
    /// For channels of which something else is known than their sockets say.
    public static final AttributeKey<Ends> KNOWN = AttributeKey.valueOf("ends");

    /// Those of a connection through a socket file.
    public static Ends of(Path file) {
        var address = UnixDomainSocketAddress.of(file);
        return new Ends(address, address);
    }

    /// Those of this channel.
    public static Ends of(Channel channel) {
        var known = channel.attr(KNOWN).get();
        return known == null ? new Ends(channel.remoteAddress(), channel.localAddress()) : known;
    }

    /// Where the other side of this channel is.
    public static SocketAddress remote(Channel channel) {
        return of(channel).remote();
    }

    /// Where this channel's own side is.
    public static SocketAddress local(Channel channel) {
        return of(channel).local();
    }

    /// From now on this is so.
    public void mark(Channel channel) {
        channel.attr(KNOWN).set(this);
    }

    /// Whether it is a Unix-domain socket.
    public static boolean isLocal(SocketAddress address) {
        return address instanceof UnixDomainSocketAddress;
    }

    /// The port, also of a socket file; -1 where there is none.
    public static int port(SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            return inet.getPort();
        }
        return address instanceof UnixDomainSocketAddress unix
                ? LocalAddress.port(unix.getPath()).orElse(-1)
                : -1;
    }
}
