package dev.pointsman.core.listen.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.config.Limits;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

class TcpSettingsTest {
    private static final Limits.Tcp TCP =
            new Limits.Tcp(
                    true,
                    Duration.ofSeconds(70),
                    Duration.ofMillis(10_500),
                    4,
                    Duration.ofSeconds(9));

    static List<Transport> transports() {
        return Transport.available();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void theSocketTakesWhatTheTransportCan(Transport transport) throws Exception {
        try (var peer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // given
            var loops = transport.loops(1);
            Channel channel =
                    new Bootstrap()
                            .group(loops)
                            .channelFactory(transport.sockets().network())
                            .handler(new ChannelInboundHandlerAdapter())
                            .connect(peer.getLocalSocketAddress())
                            .sync()
                            .channel();

            // when
            TcpSettings.apply(channel, TCP);

            // then
            assertThat(channel.config().getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
            assertThat(channel.config().getOptions().values()).contains(70, 11, 4);
            if (TcpSettings.missing(transport, TCP).isEmpty()) {
                assertThat(channel.config().getOption(EpollChannelOption.TCP_USER_TIMEOUT))
                        .isEqualTo(9_000);
            } else {
                assertThat(transport.name()).isEqualTo("nio");
            }
            channel.close().sync();
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }
}
