package dev.pointsman.core.server.login;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;

import java.time.Duration;

/// How connections to servers are opened: the transport's socket channels, and the time from the
/// first packet to the server's first ReadyForQuery (zero: no limit).
public record Dial(ChannelFactory<? extends Channel> channels, Duration timeout) {}
