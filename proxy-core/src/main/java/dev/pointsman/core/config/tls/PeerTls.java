package dev.pointsman.core.config.tls;

import dev.pointsman.core.config.Server.SslMode;
import dev.pointsman.core.config.tls.ServerTls.Binding;
import dev.pointsman.core.config.tls.ServerTls.Negotiation;

/// How another server encrypts its connections to one, for replication. The files are on that other
/// server's machine, where its libpq reads them: here they are only names.
///
/// @param rootcert a file, `system`, or empty
/// @param cert a file, or empty
/// @param key a file, or empty
public record PeerTls(
        SslMode mode,
        Negotiation negotiation,
        Binding binding,
        String rootcert,
        String cert,
        String key) {

    /// Without certificates, and the rest as the defaults are.
    public static PeerTls of(SslMode mode) {
        return new PeerTls(mode, Negotiation.POSTGRES, Binding.PREFER, "", "", "");
    }
}
