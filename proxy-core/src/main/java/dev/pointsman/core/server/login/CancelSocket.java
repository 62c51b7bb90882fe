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
import java.util.concurrent.TimeoutException;

/// A socket that carries one cancel request. Its end says that the server has signalled the
/// backend; before that nobody knows whom a late signal would hit. It is encrypted if the
/// connection is whose statement it cancels: the key in it is as good as a password.
public final class CancelSocket extends ChannelInboundHandlerAdapter implements NegotiateTls.Then {
    private final ServerLogin login;
    private final CancelKey key;
    private final Dial dial;
    private final Promise<Void> ended;
    private final long began = System.nanoTime();
    private boolean asked;

    private CancelSocket(Login.Outcome outcome, Promise<Void> ended) {
        this.login = outcome.login();
        this.key = outcome.key();
        this.dial = outcome.dial();
        this.ended = ended;
    }

    /// Asks the server to cancel what runs on a connection that logged in over `channel`. Completes
    /// when the server has ended the socket, or could not be asked; fails when it was asked and has
    /// not ended the socket in time, or not in good order: the signal may still come.
    public static Future<Void> send(Channel channel, Login.Outcome outcome) {
        Promise<Void> ended = channel.eventLoop().newPromise();
        var dial = outcome.dial();
        var sockets = dial.sockets();
        var server = Ends.remote(channel);
        var socket = new CancelSocket(outcome, ended);
        new Bootstrap()
                .group(channel.eventLoop())
                .channelFactory(Ends.isLocal(server) ? sockets.local() : sockets.network())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Login.millis(dial.cancelTimeout()))
                .handler(handlers(Secured.of(channel).isPresent(), outcome, socket))
                .connect(
                        server instanceof UnixDomainSocketAddress file
                                ? sockets.address().apply(file.getPath())
                                : server)
                .addListener(
                        (ChannelFuture connected) -> {
                            if (connected.isSuccess()) {
                                connected
                                        .channel()
                                        .closeFuture()
                                        .addListener(_ -> ended.trySuccess(null));
                            } else {
                                // Nobody may have been there to close it: no socket could be had.
                                ended.trySuccess(null);
                            }
                        });
        return ended;
    }

    private static ChannelInitializer<Channel> handlers(
            boolean encrypted, Login.Outcome outcome, CancelSocket socket) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
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
            long left = dial.cancelTimeout().toNanos() - (System.nanoTime() - began);
            var limit =
                    ctx.executor()
                            .schedule(
                                    () -> fail(ctx, new TimeoutException("not ended in time")),
                                    left,
                                    TimeUnit.NANOSECONDS);
            ctx.channel().closeFuture().addListener(_ -> limit.cancel(false));
        }
    }

    private void ask(ChannelHandlerContext ctx) {
        asked = true;
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
        fail(ctx, why);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(ctx, cause);
    }

    private void fail(ChannelHandlerContext ctx, Throwable cause) {
        if (asked) {
            ended.tryFailure(cause);
        }
        ctx.close();
    }

    @Override
    public String toString() {
        return "cancel request to " + login.where();
    }
}
