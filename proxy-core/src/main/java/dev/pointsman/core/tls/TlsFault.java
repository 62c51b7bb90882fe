package dev.pointsman.core.tls;

import dev.pointsman.core.config.tls.Identity;
import dev.pointsman.core.config.tls.ServerTls;
import dev.pointsman.core.config.tls.ServerTls.Negotiation;
import dev.pointsman.core.config.tls.Trust;

import io.netty.handler.ssl.NotSslRecordException;

import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.net.ssl.SSLException;

/// What a failed encryption means, in words for people.
///
/// @param what goes on from "server green (…): "
/// @param mend what to do about it
public record TlsFault(String what, String mend) {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    /// What came out of an encrypted connection to `host`; empty when it is none of TLS.
    public static Optional<TlsFault> of(Throwable cause, ServerTls settings, String host) {
        for (var at : causes(cause)) {
            if (at instanceof Suspicion.Rejected rejected) {
                return Optional.of(rejected(rejected, settings, host));
            }
            if (at instanceof NotSslRecordException) {
                return Optional.of(notTls(settings));
            }
        }
        return causes(cause).stream()
                .filter(SSLException.class::isInstance)
                .findFirst()
                .map(failure -> alert(String.valueOf(failure.getMessage()), settings));
    }

    /// Begun with TLS at once, and the server did not say that PostgreSQL is spoken within.
    public static TlsFault noProtocol() {
        return new TlsFault(
                "it began with TLS and did not agree to speak PostgreSQL in it (ALPN)",
                "Write sslnegotiation: postgres, or see what stands between proxy and server.");
    }

    /// The server closed the connection instead of answering; empty when that says nothing.
    public static Optional<TlsFault> closed(ServerTls settings) {
        return settings.negotiation() == Negotiation.DIRECT
                ? Optional.of(notTls(settings))
                : Optional.empty();
    }

    private static TlsFault rejected(Suspicion.Rejected rejected, ServerTls settings, String host) {
        var shown = rejected.shown();
        var of = "its certificate (" + shown.getSubjectX500Principal() + ")";
        for (var at : causes(rejected)) {
            if (at instanceof CertificateExpiredException) {
                return new TlsFault(
                        of + " or one above it has expired", "Renew the server's certificate.");
            }
            if (at instanceof CertificateNotYetValidException) {
                return new TlsFault(
                        of + " or one above it is not valid yet",
                        "Check the clocks of the server and of this machine.");
            }
        }
        if (String.valueOf(rejected.getMessage()).startsWith("No ")) {
            return new TlsFault(
                    of + " is not for " + host + ", but for " + names(shown),
                    "Write one of these names as host of the server in the configuration, or have"
                            + " the certificate made for "
                            + host
                            + "; sslmode: verify-ca does not look at the name.");
        }
        return new TlsFault(
                of + " was made by " + shown.getIssuerX500Principal() + ", which is not trusted",
                switch (settings.trust()) {
                    case Trust.Roots(var file, _) ->
                            "Put the certificate of its CA into "
                                    + file
                                    + " (sslrootcert of the server in the configuration), then"
                                    + " RELOAD.";
                    case Trust.Platform(), Trust.Unsaid() ->
                            "Name the file with the certificate of its CA as sslrootcert of the"
                                    + " server in the configuration, then RELOAD.";
                });
    }

    private static TlsFault notTls(ServerTls settings) {
        return switch (settings.negotiation()) {
            case DIRECT ->
                    new TlsFault(
                            "it does not take TLS at once",
                            "Write sslnegotiation: postgres; direct takes PostgreSQL 17 or later.");
            case POSTGRES ->
                    new TlsFault(
                            "it said yes to TLS and then spoke something else",
                            "See that host and port lead to a PostgreSQL server.");
        };
    }

    /// @param message as the TLS implementation says it, with the name of an alert in it
    private static TlsFault alert(String message, ServerTls settings) {
        var text = message.toLowerCase(Locale.ROOT);
        if (settings.negotiation() == Negotiation.DIRECT
                && (text.contains("closed") || text.contains("terminated"))) {
            return notTls(settings);
        }
        if (text.contains("certificate") || text.contains("unknown_ca")) {
            return new TlsFault(
                    "it did not accept our certificate (" + message + ")",
                    switch (settings.identity()) {
                        case Identity.None() ->
                                "It wants one: name its files as sslcert and sslkey of the server"
                                        + " in the configuration.";
                        case Identity.Own _ ->
                                "See that "
                                        + settings.files().get("sslcert")
                                        + " (sslcert) is valid and comes from a CA in the server's"
                                        + " ssl_ca_file.";
                    });
        }
        return new TlsFault(
                "the TLS handshake failed (" + message + ")",
                "See the server's log, and its ssl_min_protocol_version and ssl_ciphers: TLS 1.2"
                        + " and 1.3 are spoken here.");
    }

    private static String names(X509Certificate certificate) {
        try {
            var names = certificate.getSubjectAlternativeNames();
            if (names != null) {
                var found =
                        names.stream()
                                .filter(name -> List.of(DNS_NAME, IP_ADDRESS).contains(name.get(0)))
                                .map(name -> String.valueOf(name.get(1)))
                                .collect(Collectors.joining(", "));
                if (!found.isEmpty()) {
                    return found;
                }
            }
        } catch (CertificateParsingException _) {
            return "names that cannot be read";
        }
        return "no name but its subject";
    }

    private static List<Throwable> causes(Throwable first) {
        return new ArrayList<>(
                Stream.iterate(first, at -> at != null, Throwable::getCause).limit(10).toList());
    }
}
