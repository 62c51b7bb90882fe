package dev.pointsman.core.server.login;

import dev.pointsman.core.tls.TlsToServer;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;

import java.time.Duration;

/// How connections to servers are opened: the transport's socket channels, the time from the first
/// packet to the server's first ReadyForQuery, that for a cancel request (zero: no limit), and the
/// encryption.
public record Dial(
        ChannelFactory<? extends Channel> channels,
        Duration timeout,
        Duration cancelTimeout,
        TlsToServer tls) {

    /// Without encryption.
    public Dial(ChannelFactory<? extends Channel> channels, Duration timeout) {
        this(channels, timeout, timeout, TlsToServer.NEVER);
    }
}
