package dev.pointsman.core.listen.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.channel.Ends;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

@Timeout(120)
class UnixDomainTest {
    @TempDir Path folder;

    static List<Transport> transports() {
        return Transport.available();
    }

    /// Sends everything back.
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.writeAndFlush(message);
        }
    }

    private static final class Ear extends ChannelInboundHandlerAdapter {
        private final CompletableFuture<String> heard = new CompletableFuture<>();

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            var bytes = (ByteBuf) message;
            heard.complete(bytes.toString(StandardCharsets.UTF_8));
            bytes.release();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void bytesGoThereAndBackByASocketFile(Transport transport) throws Exception {
        var loops = transport.loops(1);
        try {
            // given
            var address = transport.sockets().address().apply(folder.resolve(".s.PGSQL.6432"));
            var accepted = new CompletableFuture<Channel>();
            new ServerBootstrap()
                    .group(loops)
                    .channelFactory(transport.localServers())
                    .childAttr(Ends.KNOWN, Ends.of(folder.resolve(".s.PGSQL.6432")))
                    .childHandler(
                            new ChannelInitializer<>() {
                                @Override
                                protected void initChannel(Channel channel) {
                                    accepted.complete(channel);
                                    channel.pipeline().addLast(new Echo());
                                }
                            })
                    .bind(address)
                    .sync();
            var ear = new Ear();

            // when
            var client =
                    new Bootstrap()
                            .group(loops)
                            .channelFactory(transport.sockets().local())
                            .handler(ear)
                            .connect(address)
                            .sync()
                            .channel();
            client.writeAndFlush(Unpooled.copiedBuffer("hello", StandardCharsets.UTF_8)).sync();

            // then
            assertThat(ear.heard.get(60, TimeUnit.SECONDS)).isEqualTo("hello");
            assertThat(Ends.port(Ends.remote(accepted.get(60, TimeUnit.SECONDS)))).isEqualTo(6432);
        } finally {
            loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
        }
    }
}
