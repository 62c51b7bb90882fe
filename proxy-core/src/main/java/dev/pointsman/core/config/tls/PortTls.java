package dev.pointsman.core.config.tls;

import dev.pointsman.core.config.Server.SslMode;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;

/// Whether those who connect to one of our ports may, must or cannot encrypt, and with what.
/// PgBouncer's names and meanings: `allow` and `prefer` take both kinds, `require` refuses plain
/// ones, `verify-ca` and `verify-full` want a certificate of the client's as well.
///
/// @param files the files named, absolute, by the last word of their keys
/// @param protocols as Java spells them, `TLSv1.3` say
/// @param plainCancel whether a cancel request may come in plain where `mode` wants encryption
/// @param identity what the port shows of itself; [Identity.None] with `disable` only
/// @param authorities who signs certificates of clients; empty when none is asked for
public record PortTls(
        SslMode mode,
        Map<String, String> files,
        List<String> protocols,
        List<CipherSuite> ciphers,
        boolean plainCancel,
        Identity identity,
        List<X509Certificate> authorities) {

    /// A request for encryption is answered with `N`.
    public static final PortTls OFF =
            new PortTls(
                    SslMode.DISABLE,
                    Map.of(),
                    TlsWords.SECURE,
                    CipherSuite.DEFAULT,
                    false,
                    new Identity.None(),
                    List.of());

    public PortTls {
        files = Map.copyOf(files);
        protocols = List.copyOf(protocols);
        ciphers = List.copyOf(ciphers);
        authorities = List.copyOf(authorities);
    }

    /// Whether encryption is offered.
    public boolean isOn() {
        return mode != SslMode.DISABLE;
    }

    /// Whether who does not encrypt is turned away.
    public boolean isRequired() {
        return mode.compareTo(SslMode.REQUIRE) >= 0;
    }

    /// Whether who shows no certificate is turned away.
    public boolean wantsCertificate() {
        return mode.compareTo(SslMode.VERIFY_CA) >= 0;
    }

    /// What tells two states of the same file apart.
    public Object contentOf(String file) {
        return switch (file) {
            case "ca" -> authorities;
            default -> identity;
        };
    }
}
