package dev.pointsman.core.server.login;

import dev.pointsman.core.config.tls.ServerTls.Negotiation;
import dev.pointsman.core.tls.Secured;
import dev.pointsman.core.tls.TlsFault;
import dev.pointsman.core.tls.TlsToServer;
import dev.pointsman.core.wire.auth.EndPoint;
import dev.pointsman.core.wire.message.Requests;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;

import java.nio.channels.ClosedChannelException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;

import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/// Encrypts a fresh channel to a server, and then leaves it. Nothing is sent in the clear but the
/// request for TLS, and nothing that came in the clear is ever read but its one-byte answer.
/// Confined to the channel's event loop.
final class NegotiateTls extends ChannelInboundHandlerAdapter {
    private static final String TLS = "tls";
    private static final String CLOSED = "The server closed the connection while agreeing on TLS.";

    private final ServerLogin login;
    private final TlsToServer tls;
    private final Then then;
    private boolean over;

    /// What becomes of it.
    interface Then {
        /// The channel is encrypted.
        void encrypted(ChannelHandlerContext ctx);

        /// The server speaks no TLS, and waits for what else we say.
        void noTls(ChannelHandlerContext ctx);

        /// It failed.
        ///
        /// @param another whether a connection without TLS may be tried, where the settings allow
        ///   it
        void failed(ChannelHandlerContext ctx, ServerRefused why, boolean another);
    }

    NegotiateTls(ServerLogin login, TlsToServer tls, Then then) {
        this.login = login;
        this.tls = tls;
        this.then = then;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.fireChannelActive();
        if (tls.settings().negotiation() == Negotiation.DIRECT) {
            encrypt(ctx);
        } else {
            ByteBuf out = ctx.alloc().buffer(8);
            Requests.sslRequest(out);
            ctx.writeAndFlush(out);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            if (!over && bytes.isReadable()) {
                answered(ctx, bytes);
            }
        } finally {
            bytes.release();
        }
    }

    /// Whatever stands behind the answer was not encrypted: somebody in between may have put it
    /// there to have it taken for what the server says later. An error's text is no server's word
    /// either.
    private void answered(ChannelHandlerContext ctx, ByteBuf bytes) {
        char answer = (char) bytes.readUnsignedByte();
        if (ctx.pipeline().get(TLS) != null || (bytes.isReadable() && answer != 'E')) {
            fail(ctx, new ServerRefused(ErrorReports.unencrypted(login), true), false);
            return;
        }
        switch (answer) {
            case 'S' -> encrypt(ctx);
            case 'N' -> {
                leave(ctx);
                then.noTls(ctx);
            }
            default -> fail(ctx, new ServerRefused(ErrorReports.noAnswer(login, answer)), false);
        }
    }

    private void encrypt(ChannelHandlerContext ctx) {
        var server = login.server();
        SslHandler handler = tls.handler(ctx.alloc(), server.host(), server.port());
        ctx.pipeline().addBefore(ctx.name(), TLS, handler);
        handler.handshakeFuture()
                .addListener(
                        (Future<Object> shaken) -> {
                            if (over) {
                                return;
                            }
                            if (shaken.isSuccess()) {
                                shaken(ctx, handler);
                            } else {
                                exceptionCaught(ctx, shaken.cause());
                            }
                        });
    }

    private void shaken(ChannelHandlerContext ctx, SslHandler handler) {
        if (tls.settings().negotiation() == Negotiation.DIRECT
                && handler.applicationProtocol() == null) {
            fail(ctx, refused(TlsFault.noProtocol()), false);
            return;
        }
        secured(handler.engine().getSession()).mark(ctx.channel());
        leave(ctx);
        then.encrypted(ctx);
    }

    private static Secured secured(SSLSession session) {
        var chain = chain(session);
        return new Secured(
                session.getProtocol(),
                session.getCipherSuite(),
                chain.stream().limit(1).flatMap(own -> EndPoint.of(own).stream()).toList(),
                chain);
    }

    private static List<X509Certificate> chain(SSLSession session) {
        try {
            return Arrays.stream(session.getPeerCertificates())
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (SSLPeerUnverifiedException _) {
            return List.of(); // a server without a certificate can be bound to nothing
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!over) {
            fail(
                    ctx,
                    TlsFault.closed(tls.settings())
                            .map(this::refused)
                            .orElseGet(() -> unreachable(CLOSED)),
                    false);
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!over) {
            var fault =
                    TlsFault.of(cause, tls.settings(), login.server().host())
                            .or(() -> TlsFault.closed(tls.settings()));
            fail(
                    ctx,
                    fault.map(this::refused)
                            .orElseGet(
                                    () ->
                                            unreachable(
                                                    cause instanceof ClosedChannelException
                                                            ? CLOSED
                                                            : Login.reason(cause))),
                    fault.isPresent());
        }
    }

    /// Trying again soon is of no use.
    private ServerRefused refused(TlsFault fault) {
        return new ServerRefused(ErrorReports.tls(login, fault), true);
    }

    private ServerRefused unreachable(String cause) {
        return new ServerRefused(ErrorReports.unreachable(login, cause));
    }

    private void fail(ChannelHandlerContext ctx, ServerRefused why, boolean another) {
        over = true;
        then.failed(ctx, why, another);
    }

    private void leave(ChannelHandlerContext ctx) {
        over = true;
        ctx.pipeline().remove(this);
    }
}
