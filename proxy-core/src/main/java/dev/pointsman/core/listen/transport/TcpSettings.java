package dev.pointsman.core.listen.transport;

import dev.pointsman.core.config.Limits;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;

import jdk.net.ExtendedSocketOptions;

import java.time.Duration;

/// Sets how a TCP socket notices that its other end is gone. Sockets of other kinds are left alone.
public final class TcpSettings {
    private TcpSettings() {}

    /// On the channel's event loop, or before it is registered.
    public static void apply(Channel channel, Limits.Tcp tcp) {
        if (!(channel instanceof SocketChannel)) {
            return;
        }
        channel.config().setOption(ChannelOption.SO_KEEPALIVE, tcp.keepAlive());
        switch (channel) {
            case EpollSocketChannel _ -> {
                set(channel, EpollChannelOption.TCP_KEEPIDLE, seconds(tcp.idle()));
                set(channel, EpollChannelOption.TCP_KEEPINTVL, seconds(tcp.interval()));
                set(channel, EpollChannelOption.TCP_KEEPCNT, tcp.count());
                set(channel, EpollChannelOption.TCP_USER_TIMEOUT, millis(tcp.userTimeout()));
            }
            case NioSocketChannel _ -> {
                set(
                        channel,
                        NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE),
                        seconds(tcp.idle()));
                set(
                        channel,
                        NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL),
                        seconds(tcp.interval()));
                set(channel, NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), tcp.count());
            }
            default -> {}
        }
    }

    /// What of the settings this transport cannot do; empty when it can do all.
    public static String missing(Transport transport, Limits.Tcp tcp) {
        boolean userTimeout = !tcp.userTimeout().isZero() && transport.name().equals("nio");
        return userTimeout ? "tcp_user_timeout" : "";
    }

    /// Zero leaves it as the system has it.
    private static void set(Channel channel, ChannelOption<Integer> option, int value) {
        if (value > 0) {
            channel.config().setOption(option, value);
        }
    }

    private static int seconds(Duration time) {
        return (int) Math.min(Integer.MAX_VALUE, Math.ceilDiv(time.toMillis(), 1_000));
    }

    private static int millis(Duration time) {
        return (int) Math.min(Integer.MAX_VALUE, time.toMillis());
    }
}
