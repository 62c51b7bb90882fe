package dev.pointsman.core.config.tls;

import dev.pointsman.core.config.Server.SslMode;

import java.util.Locale;
import java.util.Map;

/// How connections to one server are encrypted.
///
/// @param trust what the server's certificate is checked against; always said where `mode` verifies
/// @param identity what we show when the server asks for a certificate
/// @param files the files that the identity was read from, absolute, by the last word of their keys
public record ServerTls(
        SslMode mode,
        Negotiation negotiation,
        Binding binding,
        Trust trust,
        Identity identity,
        Map<String, String> files) {

    public ServerTls {
        files = Map.copyOf(files);
    }

    /// How an encrypted connection begins.
    public enum Negotiation {
        /// It is asked for in the PostgreSQL protocol.
        POSTGRES,
        /// With TLS at once (PostgreSQL 17 and later).
        DIRECT;

        /// As libpq spells it.
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Whether SCRAM logins are tied to the TLS connection.
    public enum Binding {
        DISABLE,
        PREFER,
        REQUIRE;

        /// As libpq spells it.
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Without certificates, and the rest as the defaults are.
    public static ServerTls of(SslMode mode) {
        return new ServerTls(
                mode,
                Negotiation.POSTGRES,
                Binding.PREFER,
                new Trust.Unsaid(),
                new Identity.None(),
                Map.of());
    }

    /// The same with nothing that is read from files, which may change while connections stay.
    public ServerTls withoutContents() {
        return new ServerTls(
                mode, negotiation, binding, new Trust.Unsaid(), new Identity.None(), Map.of());
    }
}
