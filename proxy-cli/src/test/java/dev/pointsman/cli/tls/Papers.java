package dev.pointsman.cli.tls;

import dev.pointsman.cli.demo.EmbeddedSettings;
import dev.pointsman.cli.demo.ServerAccount;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;

/// Certificates of a test, in files: two authorities, of which servers know the first; a server's
/// for 127.0.0.1 and db.test; clients' of both authorities.
public final class Papers {
    private final Path folder;
    private final X509Bundle authority;

    private Papers(Path folder, X509Bundle authority) {
        this.folder = folder;
        this.authority = authority;
    }

    public static Papers make() {
        try {
            var folder = Files.createTempDirectory("pointsman-papers");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            var papers = new Papers(folder, authority("CN=the authority"));
            Files.writeString(folder.resolve("ca.pem"), papers.authority.getCertificatePEM());
            papers.serverCertificate();
            var other = authority("CN=another authority");
            Files.writeString(folder.resolve("other-ca.pem"), other.getCertificatePEM());
            papers.client("carded", "carded", papers.authority);
            papers.client("forged", "carded", other);
            return papers;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /// At the end of the process: the servers that read them live as long.
    private static void delete(Path folder) {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serverCertificate() throws Exception {
        var bundle =
                new CertificateBuilder()
                        .subject("CN=db.test")
                        .rsa2048()
                        .addSanDnsName("db.test")
                        .addSanIpAddress("127.0.0.1")
                        .buildIssuedBy(authority);
        write("server", bundle);
        ServerAccount.current().own(file("server.key"));
    }

    private static X509Bundle authority(String subject) throws Exception {
        return new CertificateBuilder()
                .subject(subject)
                .ecp256()
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    void client(String file, String user, X509Bundle by) throws Exception {
        write(file, new CertificateBuilder().subject("CN=" + user).ecp256().buildIssuedBy(by));
    }

    private void write(String name, X509Bundle bundle) throws IOException {
        Files.writeString(file(name + ".pem"), bundle.getCertificatePEM());
        Files.writeString(file(name + ".key"), bundle.getPrivateKeyPEM());
        Files.setPosixFilePermissions(
                file(name + ".key"), PosixFilePermissions.fromString("rw-------"));
    }

    public Path file(String name) {
        return folder.resolve(name);
    }

    Path folder() {
        return folder;
    }

    /// For the key `listen`: a port that takes encrypted connections only.
    public String listen() {
        return "tls: {mode: require, cert: %s, key: %s}"
                .formatted(file("server.pem"), file("server.key"));
    }

    /// A server that encrypts.
    public EmbeddedSettings encrypting(EmbeddedSettings settings) {
        return settings.with("ssl", "on")
                .with("ssl_cert_file", "'" + file("server.pem") + "'")
                .with("ssl_key_file", "'" + file("server.key") + "'")
                .with("ssl_ca_file", "'" + file("ca.pem") + "'");
    }
}
