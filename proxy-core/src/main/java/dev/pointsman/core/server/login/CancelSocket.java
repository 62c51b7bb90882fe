package dev.pointsman.core.server.login;

import dev.pointsman.core.channel.Ends;
import dev.pointsman.core.tls.Secured;
import dev.pointsman.core.wire.message.CancelKey;
import dev.pointsman.core.wire.message.Requests;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

import java.net.UnixDomainSocketAddress;
import java.util.concurrent.TimeUnit;

/// A socket that carries one cancel request. Its end says that the server has signalled the
/// backend; before that nobody knows whom a late signal would hit. It is encrypted if the
/// connection is whose statement it cancels: the key in it is as good as a password.
public final class CancelSocket extends ChannelInboundHandlerAdapter implements NegotiateTls.Then {
    private final ServerLogin login;
    private final CancelKey key;
    private final Dial dial;

    private CancelSocket(Login.Outcome outcome) {
        this.login = outcome.login();
        this.key = outcome.key();
        this.dial = outcome.dial();
    }

    /// Asks the server to cancel what runs on a connection that logged in over `channel`; completes
    /// when the socket has reached its end, or could not be opened.
    public static Future<Void> send(Channel channel, Login.Outcome outcome) {
        Promise<Void> ended = channel.eventLoop().newPromise();
        var dial = outcome.dial();
        var sockets = dial.sockets();
        var server = Ends.remote(channel);
        new Bootstrap()
                .group(channel.eventLoop())
                .channelFactory(Ends.isLocal(server) ? sockets.local() : sockets.network())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Login.millis(dial.cancelTimeout()))
                .handler(handlers(Secured.of(channel).isPresent(), outcome))
                .connect(
                        server instanceof UnixDomainSocketAddress file
                                ? sockets.address().apply(file.getPath())
                                : server)
                .addListener(
                        (ChannelFuture connected) ->
                                connected
                                        .channel()
                                        .closeFuture()
                                        .addListener(_ -> ended.trySuccess(null)));
        return ended;
    }

    private static ChannelInitializer<Channel> handlers(boolean encrypted, Login.Outcome outcome) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                var socket = new CancelSocket(outcome);
                if (encrypted) {
                    channel.pipeline()
                            .addLast(
                                    new NegotiateTls(
                                            outcome.login(), outcome.dial().tls(), socket));
                }
                channel.pipeline().addLast(socket);
            }
        };
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (ctx.pipeline().get(NegotiateTls.class) == null) {
            ask(ctx);
        }
        if (!dial.cancelTimeout().isZero()) {
            var limit =
                    ctx.executor()
                            .schedule(
                                    () -> ctx.close(),
                                    dial.cancelTimeout().toMillis(),
                                    TimeUnit.MILLISECONDS);
            ctx.channel().closeFuture().addListener(_ -> limit.cancel(false));
        }
    }

    private void ask(ChannelHandlerContext ctx) {
        ByteBuf request = ctx.alloc().buffer(32);
        Requests.cancelRequest(request, key);
        ctx.writeAndFlush(request);
    }

    @Override
    public void encrypted(ChannelHandlerContext ctx) {
        ask(ctx.pipeline().context(this));
    }

    @Override
    public void noTls(ChannelHandlerContext ctx) {
        ctx.close();
    }

    @Override
    public void failed(ChannelHandlerContext ctx, ServerRefused why, boolean another) {
        ctx.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    @Override
    public String toString() {
        return "cancel request to " + login.where();
    }
}
