package dev.pointsman.core.tls;

import dev.pointsman.core.config.Server.SslMode;
import dev.pointsman.core.config.tls.Identity;
import dev.pointsman.core.config.tls.ServerTls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;

import org.jspecify.annotations.Nullable;

import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Objects;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/// Encryption towards one server, made ready from its settings: for event loops and for blocking
/// sockets alike. Immutable, any thread.
public final class TlsToServer {
    /// The protocol that PostgreSQL names in ALPN.
    private static final String PROTOCOL = "postgresql";

    /// What libpq speaks by default.
    private static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");

    /// None at all.
    public static final TlsToServer NEVER =
            new TlsToServer(ServerTls.of(SslMode.DISABLE), null, null);

    private final ServerTls settings;
    private final @Nullable SslContext context;
    private final @Nullable SSLContext sockets;

    private TlsToServer(
            ServerTls settings, @Nullable SslContext context, @Nullable SSLContext sockets) {
        this.settings = settings;
        this.context = context;
        this.sockets = sockets;
    }

    /// Slow: milliseconds, and more for the runtime's own list of CAs.
    public static TlsToServer of(ServerTls settings) {
        if (settings.mode() == SslMode.DISABLE) {
            return new TlsToServer(settings, null, null);
        }
        try {
            var trust = new Suspicion(Keys.of(settings.trust()));
            var builder =
                    SslContextBuilder.forClient()
                            .sslProvider(TlsEngine.provider())
                            .protocols(VERSIONS)
                            .endpointIdentificationAlgorithm(null)
                            .applicationProtocolConfig(
                                    new ApplicationProtocolConfig(
                                            Protocol.ALPN,
                                            SelectorFailureBehavior.NO_ADVERTISE,
                                            SelectedListenerFailureBehavior.ACCEPT,
                                            PROTOCOL))
                            .trustManager(trust);
            var ours = new KeyManager[0];
            switch (settings.identity()) {
                case Identity.None() -> {}
                case Identity.Own own -> {
                    var keys = Keys.of(own);
                    builder.keyManager(keys);
                    ours = new KeyManager[] {keys};
                }
            }
            var sockets = SSLContext.getInstance("TLS");
            sockets.init(ours, new TrustManager[] {trust}, null);
            return new TlsToServer(settings, builder.build(), sockets);
        } catch (GeneralSecurityException | SSLException e) {
            throw new IllegalStateException("TLS cannot be made ready: " + e.getMessage(), e);
        }
    }

    public ServerTls settings() {
        return settings;
    }

    /// The ways to connect, in the order in which they are tried, each after the former was
    /// refused.
    public List<Way> ways() {
        return switch (settings.mode()) {
            case DISABLE -> List.of(Way.PLAIN);
            case ALLOW -> List.of(Way.PLAIN, Way.ENCRYPTED);
            case PREFER -> List.of(Way.ENCRYPTED, Way.PLAIN);
            case REQUIRE, VERIFY_CA, VERIFY_FULL -> List.of(Way.ENCRYPTED);
        };
    }

    /// For a channel to the server that was looked up as `host`.
    public SslHandler handler(ByteBufAllocator allocator, String host, int port) {
        var handler =
                Objects.requireNonNull(context)
                        .newHandler(allocator, host, port, TlsEngine.handshakeExecutor());
        var parameters = handler.engine().getSSLParameters();
        ask(parameters, host);
        handler.engine().setSSLParameters(parameters);
        handler.setHandshakeTimeoutMillis(0); // the login as a whole has its time
        return handler;
    }

    /// For blocking connections to the server that is looked up as `host`.
    public SSLSocketFactory sockets(String host) {
        return new PreparedSockets(
                Objects.requireNonNull(sockets).getSocketFactory(),
                parameters -> {
                    parameters.setProtocols(VERSIONS.toArray(String[]::new));
                    parameters.setApplicationProtocols(new String[] {PROTOCOL});
                    ask(parameters, host);
                });
    }

    /// Names the host in the clear, as servers behind one address need it, and checks it where the
    /// settings say so.
    private void ask(SSLParameters parameters, String host) {
        if (!NetUtil.isValidIpV4Address(host) && !NetUtil.isValidIpV6Address(host)) {
            parameters.setServerNames(List.of(new SNIHostName(host)));
        }
        if (settings.mode() == SslMode.VERIFY_FULL) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
    }
}
