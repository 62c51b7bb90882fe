package dev.pointsman.core.server.login;

import dev.pointsman.core.channel.Sockets;
import dev.pointsman.core.config.Limits;
import dev.pointsman.core.server.name.Names;
import dev.pointsman.core.tls.TlsToServer;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;

import java.time.Duration;

/// How connections to servers are opened: the transport's sockets, the time from the first packet
/// to the server's first ReadyForQuery, that for a cancel request (zero: no limit), the encryption,
/// and who knows the hosts' addresses.
public record Dial(
        Sockets sockets, Duration timeout, Duration cancelTimeout, TlsToServer tls, Names names) {

    /// Without encryption.
    public Dial(ChannelFactory<? extends Channel> channels, Duration timeout) {
        this(channels, timeout, timeout, TlsToServer.NEVER);
    }

    /// With host names that nobody else asks for.
    public Dial(
            ChannelFactory<? extends Channel> channels,
            Duration timeout,
            Duration cancelTimeout,
            TlsToServer tls) {
        this(
                Sockets.of(channels),
                timeout,
                cancelTimeout,
                tls,
                new Names(() -> Limits.defaults().dns()));
    }
}
