package dev.pointsman.core.config.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads certificates and keys from files in PEM form. Blocks.
public final class PemFiles {
    private static final Pattern CERTIFICATE =
            Pattern.compile(
                    "-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]+-----END"
                            + " (?:X509 |TRUSTED )?CERTIFICATE-----");

    private PemFiles() {}

    /// The certificates of `file` in its order; never none.
    public static List<X509Certificate> certificates(Path file) throws BadPem {
        Matcher match = CERTIFICATE.matcher(text(file));
        List<X509Certificate> found = new ArrayList<>();
        try {
            var factory = CertificateFactory.getInstance("X.509");
            while (match.find()) {
                var bytes = match.group().getBytes(StandardCharsets.US_ASCII);
                found.add(
                        (X509Certificate)
                                factory.generateCertificate(new ByteArrayInputStream(bytes)));
            }
        } catch (CertificateException e) {
            throw new BadPem(
                    "%s holds a certificate that cannot be read: %s"
                            .formatted(file, e.getMessage()),
                    "look at it with: openssl x509 -in " + file + " -noout -text");
        }
        if (found.isEmpty()) {
            throw new BadPem(
                    file + " holds no certificate", "it must have a BEGIN CERTIFICATE line");
        }
        return found;
    }

    /// The certificate, with those of its signers, and the key that belongs to it.
    public static Identity.Own identity(Path cert, Path key) throws BadPem {
        var chain = certificates(cert);
        var secret = PemKey.read(text(key), key);
        if (!belongTogether(chain.getFirst(), secret)) {
            throw new BadPem(
                    "the key in %s does not belong to the first certificate in %s"
                            .formatted(key, cert),
                    "give the key that the certificate was made with; the server's own certificate"
                            + " comes first in the file, then its signers'");
        }
        return new Identity.Own(chain, secret);
    }

    private static boolean belongTogether(X509Certificate certificate, PrivateKey key) {
        var algorithm =
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> "EdDSA";
                };
        try {
            var signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            var signature = signer.sign();
            signer.initVerify(certificate.getPublicKey());
            return signer.verify(signature);
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    private static String text(Path file) throws BadPem {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException _) {
            throw new BadPem("there is no file " + file, "write its path, relative to this file's");
        } catch (IOException e) {
            throw new BadPem(
                    "%s cannot be read: %s".formatted(file, e.getMessage()), "see who may read it");
        }
    }
}
