package dev.pointsman.core.peer;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;

import org.jspecify.annotations.Nullable;

import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/// An authority and what it signed, in memory and in PEM files below a folder.
public final class Papers {
    private static final char[] NO_PASSWORD = {};

    private final Path folder;
    private final X509Bundle authority;

    public Papers(Path folder) throws Exception {
        this.folder = folder;
        authority =
                new CertificateBuilder()
                        .subject("CN=authority of " + folder.getFileName())
                        .algorithm(Algorithm.ecp256)
                        .setIsCertificateAuthority(true)
                        .buildSelfSigned();
        Files.writeString(folder.resolve("ca.crt"), authority.getCertificatePEM());
    }

    public Path ca() {
        return folder.resolve("ca.crt");
    }

    /// Signs a certificate for localhost and writes `name.crt` and `name.key`.
    public X509Certificate server(String name, Algorithm algorithm) throws Exception {
        return write(
                        name,
                        new CertificateBuilder()
                                .subject("CN=localhost")
                                .addSanDnsName("localhost")
                                .algorithm(algorithm))
                .getCertificate();
    }

    /// A server's side of a handshake, with a certificate for this name and until then.
    public SSLContext serving(String host, Instant until) throws Exception {
        var own =
                new CertificateBuilder()
                        .subject("CN=" + host)
                        .addSanDnsName(host)
                        .notBefore(until.minus(Duration.ofDays(30)))
                        .notAfter(until)
                        .ecp256()
                        .buildIssuedBy(authority);
        var keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(own.toKeyStore(NO_PASSWORD), NO_PASSWORD);
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    /// What a client shows that has this name.
    public X509Bundle client(String subject) throws Exception {
        return write("client", new CertificateBuilder().subject(subject).ecp256());
    }

    private X509Bundle write(String name, CertificateBuilder builder) throws Exception {
        var bundle = builder.buildIssuedBy(authority);
        Files.writeString(folder.resolve(name + ".crt"), bundle.getCertificatePEM());
        Files.writeString(folder.resolve(name + ".key"), bundle.getPrivateKeyPEM());
        return bundle;
    }

    /// `{mode: …, cert: …, key: …, more}` with the files of [#server].
    public String settings(String mode, String name, String more) {
        return "{mode: %s, cert: %s, key: %s%s}"
                .formatted(
                        mode,
                        folder.resolve(name + ".crt"),
                        folder.resolve(name + ".key"),
                        more.isEmpty() ? "" : ", " + more);
    }

    /// The section of a configuration that listens so on a free port of loopback.
    public String listen(String mode, String name, String more) {
        return "listen: {host: 127.0.0.1, port: 0, tls: %s}".formatted(settings(mode, name, more));
    }

    /// A client that trusts the authority and has no certificate.
    public SSLContext trusting() throws Exception {
        return context(null);
    }

    /// A client that shows this one.
    public SSLContext showing(X509Bundle own) throws Exception {
        var keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(own.toKeyStore(NO_PASSWORD), NO_PASSWORD);
        return context(keys);
    }

    private SSLContext context(@Nullable KeyManagerFactory keys) throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        store.setCertificateEntry("authority", authority.getCertificate());
        var trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(
                keys == null
                        ? null
                        : new KeyManager[] {
                            new Shown((X509ExtendedKeyManager) keys.getKeyManagers()[0])
                        },
                trust.getTrustManagers(),
                null);
        return context;
    }

    /// Shows the only certificate there is, whomever the server says it believes.
    private static final class Shown extends X509ExtendedKeyManager {
        private final X509ExtendedKeyManager keys;

        Shown(X509ExtendedKeyManager keys) {
            this.keys = keys;
        }

        @Override
        public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return keys.getClientAliases("EC", null)[0];
        }

        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
            return keys.getClientAliases(type, null);
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return keys.getCertificateChain(alias);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return keys.getPrivateKey(alias);
        }

        @Override
        public String @Nullable [] getServerAliases(String type, Principal[] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseServerAlias(String type, Principal[] issuers, Socket at) {
            return null;
        }
    }
}
