package dev.pointsman.core.config.file;

import dev.pointsman.core.config.Server.SslMode;
import dev.pointsman.core.config.key.DatabaseKey;
import dev.pointsman.core.config.tls.BadPem;
import dev.pointsman.core.config.tls.Identity;
import dev.pointsman.core.config.tls.PeerTls;
import dev.pointsman.core.config.tls.PemFiles;
import dev.pointsman.core.config.tls.ServerTls;
import dev.pointsman.core.config.tls.ServerTls.Binding;
import dev.pointsman.core.config.tls.ServerTls.Negotiation;
import dev.pointsman.core.config.tls.Trust;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// What the file says about encryption towards a server, with the certificates and keys that it
/// names.
final class TlsReader {
    private static final String SYSTEM = "system";

    private TlsReader() {}

    /// How connections to a server are encrypted.
    static ServerTls server(Section at) {
        var trust = trust(at, DatabaseKey.SERVER_SSLROOTCERT);
        boolean system = trust instanceof Trust.Platform;
        var mode =
                system && !at.has(DatabaseKey.SERVER_SSLMODE)
                        ? SslMode.VERIFY_FULL
                        : at.choice(DatabaseKey.SERVER_SSLMODE, SslMode.class);
        if (mode.verifies() && !at.has(DatabaseKey.SERVER_SSLROOTCERT)) {
            at.problem(
                    DatabaseKey.SERVER_SSLMODE,
                    mode.text() + " needs to know whom to trust",
                    "add sslrootcert: the file with the CA's certificate, or system");
        }
        if (system) {
            onlyFull(at, DatabaseKey.SERVER_SSLMODE, mode);
        }
        var negotiation = at.choice(DatabaseKey.SERVER_SSLNEGOTIATION, Negotiation.class);
        direct(at, DatabaseKey.SERVER_SSLNEGOTIATION, negotiation, mode);
        var binding = at.choice(DatabaseKey.SERVER_CHANNEL_BINDING, Binding.class);
        bound(at, DatabaseKey.SERVER_CHANNEL_BINDING, binding, mode);
        var files = files(at);
        return new ServerTls(mode, negotiation, binding, trust, identity(at, files), files);
    }

    /// How the other server encrypts its connections to this one; its files cannot be looked at.
    static PeerTls peer(Section at) {
        var root = at.text(DatabaseKey.PEER_SSLROOTCERT, "");
        var mode =
                root.equals(SYSTEM) && !at.has(DatabaseKey.PEER_SSLMODE)
                        ? SslMode.VERIFY_FULL
                        : at.choice(DatabaseKey.PEER_SSLMODE, SslMode.class);
        if (root.equals(SYSTEM)) {
            onlyFull(at, DatabaseKey.PEER_SSLMODE, mode);
        }
        var negotiation = at.choice(DatabaseKey.PEER_SSLNEGOTIATION, Negotiation.class);
        direct(at, DatabaseKey.PEER_SSLNEGOTIATION, negotiation, mode);
        var binding = at.choice(DatabaseKey.PEER_CHANNEL_BINDING, Binding.class);
        bound(at, DatabaseKey.PEER_CHANNEL_BINDING, binding, mode);
        pair(at, DatabaseKey.PEER_SSLCERT, DatabaseKey.PEER_SSLKEY);
        return new PeerTls(
                mode,
                negotiation,
                binding,
                root,
                at.text(DatabaseKey.PEER_SSLCERT, ""),
                at.text(DatabaseKey.PEER_SSLKEY, ""));
    }

    /// Whom to trust: `system`, or the certificates of a file.
    private static Trust trust(Section at, DatabaseKey key) {
        var text = at.text(key, "");
        if (text.isEmpty()) {
            return new Trust.Unsaid();
        }
        if (text.equals(SYSTEM)) {
            return new Trust.Platform();
        }
        var file = at.reading().path(text);
        try {
            return new Trust.Roots(file, PemFiles.certificates(file));
        } catch (BadPem bad) {
            at.problem(key, bad.what(), bad.mend());
            return new Trust.Unsaid();
        }
    }

    private static Map<String, String> files(Section at) {
        var files = new LinkedHashMap<String, String>();
        for (var key : new DatabaseKey[] {DatabaseKey.SERVER_SSLCERT, DatabaseKey.SERVER_SSLKEY}) {
            var text = at.text(key, "");
            if (!text.isEmpty()) {
                files.put(key.word(), at.reading().path(text).toString());
            }
        }
        return files;
    }

    /// A certificate with its key; nobody when neither is given.
    private static Identity identity(Section at, Map<String, String> files) {
        var cert = files.get(DatabaseKey.SERVER_SSLCERT.word());
        var key = files.get(DatabaseKey.SERVER_SSLKEY.word());
        if (!pair(at, DatabaseKey.SERVER_SSLCERT, DatabaseKey.SERVER_SSLKEY)
                || cert == null
                || key == null) {
            return new Identity.None();
        }
        try {
            return PemFiles.identity(Path.of(cert), Path.of(key));
        } catch (BadPem bad) {
            boolean ofKey = bad.what().contains(key);
            at.problem(
                    ofKey ? DatabaseKey.SERVER_SSLKEY : DatabaseKey.SERVER_SSLCERT,
                    bad.what(),
                    bad.mend());
            return new Identity.None();
        }
    }

    private static boolean pair(Section at, DatabaseKey cert, DatabaseKey key) {
        if (at.has(cert) == at.has(key)) {
            return true;
        }
        var given = at.has(cert) ? cert : key;
        var missing = at.has(cert) ? key : cert;
        at.problem(
                given,
                given.word() + " is of no use without " + missing.word(),
                "add " + missing.word() + ": " + missing.about());
        return false;
    }

    private static void onlyFull(Section at, DatabaseKey key, SslMode mode) {
        if (mode != SslMode.VERIFY_FULL) {
            at.problem(
                    key,
                    "with sslrootcert: system anybody with a certificate for any name would be"
                            + " believed",
                    "write sslmode: verify-full");
        }
    }

    private static void direct(Section at, DatabaseKey key, Negotiation negotiation, SslMode mode) {
        if (negotiation == Negotiation.DIRECT && !mode.always()) {
            at.problem(
                    key,
                    "sslmode " + mode.text() + " cannot begin with TLS at once",
                    "write sslmode: require, verify-ca or verify-full");
        }
    }

    private static void bound(Section at, DatabaseKey key, Binding binding, SslMode mode) {
        if (binding == Binding.REQUIRE && mode == SslMode.DISABLE) {
            at.problem(
                    key,
                    "without encryption there is nothing to tie a login to",
                    "write another sslmode, or channel_binding: prefer");
        }
    }
}
