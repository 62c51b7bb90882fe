package dev.pointsman.core.config.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;

import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

class PemFilesTest {
    @TempDir Path folder;

    @ParameterizedTest
    @EnumSource(names = {"rsa2048", "ecp256", "ecp384", "ed25519"})
    void aCertificateWithItsKeyIsRead(Algorithm algorithm) throws Exception {
        // given
        var bundle = bundle(algorithm);

        // when
        var own = PemFiles.identity(chain(bundle), key(bundle.getPrivateKeyPEM()));

        // then
        assertThat(own.certificate()).isEqualTo(bundle.getCertificate());
        assertThat(own.chain()).hasSize(2);
        assertThat(own.key().getEncoded()).isEqualTo(bundle.getKeyPair().getPrivate().getEncoded());
        assertThat(own.toString()).isEqualTo("Own[CN=localhost]");
    }

    @ParameterizedTest
    @EnumSource(names = {"rsa2048", "ecp256", "ecp384"})
    void aKeyInItsOlderFormIsRead(Algorithm algorithm) throws Exception {
        // given
        var bundle = bundle(algorithm);
        boolean rsa = algorithm == Algorithm.rsa2048;
        var info = PrivateKeyInfo.getInstance(bundle.getKeyPair().getPrivate().getEncoded());
        var parsed = info.parsePrivateKey();
        var older =
                rsa
                        ? parsed.toASN1Primitive()
                        : new ECPrivateKey(
                                algorithm == Algorithm.ecp256 ? 256 : 384,
                                ECPrivateKey.getInstance(parsed).getKey(),
                                info.getPrivateKeyAlgorithm().getParameters());
        var pem =
                "-----BEGIN %1$s PRIVATE KEY-----\n%2$s\n-----END %1$s PRIVATE KEY-----\n"
                        .formatted(
                                rsa ? "RSA" : "EC",
                                Base64.getMimeEncoder().encodeToString(older.getEncoded()));

        // when
        var own = PemFiles.identity(chain(bundle), key(pem));

        // then it has signed for the certificate
        assertThat(own.key().getAlgorithm()).isEqualTo(rsa ? "RSA" : "EC");
    }

    @Test
    void anotherCertificatesKeyIsRefused() throws Exception {
        // given
        var one = bundle(Algorithm.ecp256);
        var other = bundle(Algorithm.rsa2048);

        // then
        refused(chain(one), key(other.getPrivateKeyPEM()), "does not belong to the first");
    }

    @Test
    void whatIsNoKeyOrNoCertificateIsNamed() throws Exception {
        // given
        var bundle = bundle(Algorithm.ecp256);
        var cert = chain(bundle);
        var key = key(bundle.getPrivateKeyPEM());
        var empty = Files.writeString(folder.resolve("empty"), "nothing");

        // then
        refused(cert, empty, "empty holds no private key");
        refused(empty, key, "empty holds no certificate");
        refused(folder.resolve("missing"), key, "there is no file " + folder.resolve("missing"));
        refused(
                cert,
                key("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED KEY-----"),
                "is encrypted");
        refused(
                cert,
                key("-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----"),
                "cannot be read");
        refused(
                Files.writeString(
                        folder.resolve("half"),
                        bundle.getCertificatePEM().replaceFirst("\\nMII.{40}", "\nMII")),
                key,
                "half holds a certificate that cannot be read");
    }

    private static void refused(Path cert, Path key, String what) {
        assertThatExceptionOfType(BadPem.class)
                .isThrownBy(() -> PemFiles.identity(cert, key))
                .satisfies(bad -> assertThat(bad.what()).contains(what))
                .satisfies(bad -> assertThat(bad.mend()).isNotEmpty());
    }

    private static X509Bundle bundle(Algorithm algorithm) throws Exception {
        var authority =
                new CertificateBuilder()
                        .subject("CN=authority")
                        .algorithm(Algorithm.ecp256)
                        .setIsCertificateAuthority(true)
                        .buildSelfSigned();
        return new CertificateBuilder()
                .subject("CN=localhost")
                .algorithm(algorithm)
                .buildIssuedBy(authority);
    }

    private Path chain(X509Bundle bundle) throws IOException {
        return Files.writeString(
                folder.resolve("cert"),
                bundle.getCertificatePEM() + bundle.getRootCertificatePEM());
    }

    private Path key(String pem) throws IOException {
        return Files.writeString(folder.resolve("key"), pem);
    }
}
