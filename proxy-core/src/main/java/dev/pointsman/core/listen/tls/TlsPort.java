package dev.pointsman.core.listen.tls;

import dev.pointsman.core.config.tls.CipherSuite;
import dev.pointsman.core.config.tls.Identity;
import dev.pointsman.core.config.tls.PortTls;
import dev.pointsman.core.tls.TlsEngine;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;
import dev.pointsman.core.wire.auth.EndPoint;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;

import javax.net.ssl.SSLException;

/// The encryption of one port as its settings are now: new connections get what the last reload
/// brought, others keep what they have. Any thread.
public final class TlsPort {
    /// What a PostgreSQL client that begins with TLS at once has to ask for.
    public static final String POSTGRESQL = "postgresql";

    /// What an HTTP client asks for.
    public static final String HTTP = "http/1.1";

    private static final long SESSION_SECONDS = 300;
    private static final long SESSIONS_MAX = 1;

    private final Supplier<PortTls> settings;
    private final List<String> applications;
    private volatile List<Offer> offers = List.of();

    private record Offer(PortTls settings, SslContext context, List<EndPoint> bindings) {}

    /// @param applications the protocols spoken behind the encryption, by their ALPN names
    public TlsPort(Supplier<PortTls> settings, List<String> applications) {
        this.settings = settings;
        this.applications = List.copyOf(applications);
    }

    /// For a port that speaks PostgreSQL only.
    public TlsPort(Supplier<PortTls> settings) {
        this(settings, List.of(POSTGRESQL));
    }

    /// Makes ready what `next` wants. Slow; nothing changes for anybody until the settings say so.
    ///
    /// @throws Refused when the engine cannot work with the certificate or the key
    public void prepare(PortTls next) throws Refused {
        if (next.isOn()) {
            offered(next);
        }
    }

    public PortTls settings() {
        return settings.get();
    }

    /// A handler that does the server's side of one handshake.
    Started start(ByteBufAllocator allocator) throws Refused {
        var now = offered(settings.get());
        var handler = now.context().newHandler(allocator, TlsEngine.handshakeExecutor());
        // The time limit of the whole login counts.
        handler.setHandshakeTimeoutMillis(0);
        return new Started(handler, now.bindings());
    }

    record Started(SslHandler handler, List<EndPoint> bindings) {}

    /// Two are kept: what is in force, and what a reload is about to bring.
    private Offer offered(PortTls wanted) throws Refused {
        var known = offers;
        for (var offer : known) {
            if (offer.settings().equals(wanted)) {
                return offer;
            }
        }
        var made = make(wanted);
        offers = known.isEmpty() ? List.of(made) : List.of(made, known.getFirst());
        return made;
    }

    private Offer make(PortTls wanted) throws Refused {
        if (!(wanted.identity() instanceof Identity.Own own)) {
            throw new IllegalStateException("encryption without a certificate");
        }
        try {
            var builder =
                    SslContextBuilder.forServer(own.key(), own.chain())
                            .sslProvider(TlsEngine.provider())
                            .protocols(wanted.protocols())
                            .ciphers(
                                    wanted.ciphers().stream().map(CipherSuite::name).toList(),
                                    SupportedCipherSuiteFilter.INSTANCE)
                            .applicationProtocolConfig(
                                    new ApplicationProtocolConfig(
                                            Protocol.ALPN,
                                            SelectorFailureBehavior.NO_ADVERTISE,
                                            SelectedListenerFailureBehavior.ACCEPT,
                                            applications))
                            .sessionCacheSize(SESSIONS_MAX)
                            .sessionTimeout(SESSION_SECONDS)
                            .clientAuth(clientAuth(wanted));
            if (!wanted.authorities().isEmpty()) {
                builder.trustManager(wanted.authorities());
            }
            var bindings = EndPoint.of(own.certificate()).stream().toList();
            return new Offer(wanted, builder.build(), bindings);
        } catch (SSLException | IllegalArgumentException e) {
            throw new Refused(
                    ErrorReport.error(
                                    SqlState.CONFIG_FILE_ERROR,
                                    "the certificate %s cannot be used: %s"
                                            .formatted(name(own.certificate()), e.getMessage()))
                            .withHint(
                                    "Look at certificate, key and ciphers; what was in use stays in"
                                            + " use."));
        }
    }

    private static ClientAuth clientAuth(PortTls wanted) {
        if (wanted.authorities().isEmpty()) {
            return ClientAuth.NONE;
        }
        return wanted.wantsCertificate() ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL;
    }

    private static String name(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().getName();
    }
}
