package dev.pointsman.core.listen.balancer;

import dev.pointsman.core.channel.Ends;
import dev.pointsman.core.config.access.Network;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetSocketAddress;
import java.util.List;

/// Hears from a load balancer whom it speaks for, which is who is on the other end from then on,
/// and leaves. A balancer that does not say it is sent away without a word, for who knows what
/// language it would understand. The time for it is the login's.
public final class HearBalancer extends ByteToMessageDecoder {
    private static final Logger log = LoggerFactory.getLogger(HearBalancer.class);

    /// Whether who is on the other end of this new channel speaks for others.
    public static boolean isDue(Channel channel, List<Network> balancers) {
        if (balancers.isEmpty()) {
            return false;
        }
        var from = Ends.remote(channel);
        return from instanceof InetSocketAddress inet
                ? balancers.stream().anyMatch(network -> network.contains(inet.getAddress()))
                : Ends.isLocal(from) && balancers.contains(Network.LOCAL);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        try {
            var header = ProxyHeader.read(in);
            if (header.isEmpty()) {
                return;
            }
            switch (header.get()) {
                case ProxyHeader.For(var client) ->
                        new Ends(client, Ends.local(ctx.channel())).mark(ctx.channel());
                case ProxyHeader.Itself() -> {}
            }
            ctx.pipeline().remove(this);
        } catch (ProxyHeader.Malformed malformed) {
            in.skipBytes(in.readableBytes());
            log.atInfo()
                    .addKeyValue("balancer", Ends.remote(ctx.channel()))
                    .addKeyValue("reason", malformed.getMessage())
                    .log("a load balancer's connection was closed");
            ctx.close();
        }
    }
}
