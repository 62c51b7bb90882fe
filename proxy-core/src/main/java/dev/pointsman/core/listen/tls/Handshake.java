package dev.pointsman.core.listen.tls;

import dev.pointsman.core.channel.Ends;
import dev.pointsman.core.tls.Secured;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.auth.EndPoint;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.channels.ClosedChannelException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/// The server's side of encrypting a channel: it begins the handshake, marks the channel [Secured]
/// when that has succeeded, and ends the connection when it has not or when the peer takes its
/// leave. What comes later of the engine's troubles ends here too.
public final class Handshake extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(Handshake.class);

    private final SslHandler handler;
    private final List<EndPoint> bindings;
    private final Predicate<String> direct;

    private Handshake(TlsPort.Started started, Predicate<String> direct) {
        this.handler = started.handler();
        this.bindings = started.bindings();
        this.direct = direct;
    }

    /// Encrypts from now on what goes through the channel, asked for in the PostgreSQL protocol. On
    /// its event loop.
    public static void begin(Channel channel, TlsPort port) throws Refused {
        begin(channel, port, _ -> true);
    }

    /// The same for a client that began with TLS at once: it has to agree on an application
    /// protocol, so that no other program's conversation is taken for PostgreSQL's.
    ///
    /// @param acceptable whether the protocol agreed upon, empty for none, will do
    public static void direct(Channel channel, TlsPort port, Predicate<String> acceptable)
            throws Refused {
        begin(channel, port, acceptable);
    }

    /// Whether this is what PostgreSQL's clients ask for.
    public static boolean isPostgresql(String application) {
        return application.equals(TlsPort.POSTGRESQL);
    }

    private static void begin(Channel channel, TlsPort port, Predicate<String> direct)
            throws Refused {
        var started = port.start(channel.alloc());
        channel.pipeline()
                .addFirst("handshake", new Handshake(started, direct))
                .addFirst("tls", started.handler());
    }

    /// Whether a handshake has begun and is not over: nothing can be told to the client then.
    public static boolean isRunning(Channel channel) {
        return channel.pipeline().get(SslHandler.class) != null && Secured.of(channel).isEmpty();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        switch (event) {
            case SslHandshakeCompletionEvent done when done.isSuccess() -> succeeded(ctx);
            case SslHandshakeCompletionEvent done
                    when done.cause() instanceof ClosedChannelException -> {} // it went away
            case SslHandshakeCompletionEvent done -> failed(ctx, reason(done.cause()));
            case SslCloseCompletionEvent _ -> ctx.close();
            default -> ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof DecoderException && cause.getCause() instanceof SSLException broken) {
            // The handshake's own have been told.
            log.atDebug().addKeyValue("reason", broken.getMessage()).log("encryption broken");
            ctx.close();
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }

    private void succeeded(ChannelHandlerContext ctx) {
        var application = handler.applicationProtocol();
        if (!direct.test(application == null ? "" : application)) {
            failed(ctx, "it did not ask for the application protocol " + TlsPort.POSTGRESQL);
            return;
        }
        var session = handler.engine().getSession();
        new Secured(session.getProtocol(), session.getCipherSuite(), bindings, peer())
                .mark(ctx.channel());
    }

    private List<X509Certificate> peer() {
        if (!handler.engine().getNeedClientAuth() && !handler.engine().getWantClientAuth()) {
            return List.of();
        }
        try {
            Certificate[] shown = handler.engine().getSession().getPeerCertificates();
            return Arrays.stream(shown).map(X509Certificate.class::cast).toList();
        } catch (SSLPeerUnverifiedException _) {
            return List.of();
        }
    }

    private static void failed(ChannelHandlerContext ctx, String reason) {
        log.atInfo()
                .addKeyValue("client", Ends.remote(ctx.channel()))
                .addKeyValue("reason", reason)
                .log("TLS handshake failed");
        ctx.close();
    }

    /// The innermost reason says most: that a certificate has expired, say.
    private static String reason(Throwable cause) {
        var at = cause;
        for (var deeper = at.getCause(); deeper != null; deeper = at.getCause()) {
            at = deeper;
        }
        return String.valueOf(at.getMessage());
    }
}
