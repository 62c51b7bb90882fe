package dev.pointsman.core.wire.auth;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidParameterSpecException;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// The binding `tls-server-end-point` of RFC 5929: the hash of the certificate that the server
/// showed, by the digest of the certificate's own signature, and SHA-256 in place of a weaker one.
public final class EndPoint implements ChannelBinding {
    private static final String HEADER = "p=tls-server-end-point,,";
    private static final Pattern SIGNATURE = Pattern.compile("(SHA(3-)?\\d+|SHA|MD5|MD2)WITH.*");
    private static final String PSS = "RSASSA-PSS";

    private final byte[] hash;

    private EndPoint(byte[] hash) {
        this.hash = hash;
    }

    /// None for signatures without a digest of their own, such as Ed25519's: the RFC defines no
    /// binding for them.
    public static Optional<EndPoint> of(X509Certificate certificate) {
        try {
            var digest = digest(certificate);
            return digest.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            new EndPoint(
                                    MessageDigest.getInstance(digest.get())
                                            .digest(certificate.getEncoded())));
        } catch (NoSuchAlgorithmException
                | CertificateEncodingException
                | InvalidParameterSpecException _) {
            return Optional.empty(); // a digest that Java does not know cannot be computed
        }
    }

    private static Optional<String> digest(X509Certificate certificate)
            throws InvalidParameterSpecException, NoSuchAlgorithmException {
        var algorithm = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        if (algorithm.equals(PSS)) {
            return Optional.of(pss(certificate));
        }
        var signature = SIGNATURE.matcher(algorithm);
        if (!signature.matches()) {
            return Optional.empty();
        }
        return Optional.of(
                switch (signature.group(1)) {
                    case "SHA", "SHA1", "MD5", "MD2" -> "SHA-256";
                    case String name when name.startsWith("SHA3-") -> name;
                    case String name -> "SHA-" + name.substring("SHA".length());
                });
    }

    private static String pss(X509Certificate certificate)
            throws InvalidParameterSpecException, NoSuchAlgorithmException {
        try {
            var parameters = AlgorithmParameters.getInstance(PSS);
            parameters.init(certificate.getSigAlgParams());
            var digest = parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm();
            return digest.equals("SHA-1") ? "SHA-256" : digest;
        } catch (IOException e) {
            throw new NoSuchAlgorithmException(e);
        }
    }

    @Override
    public String header() {
        return HEADER;
    }

    @Override
    public byte[] input() {
        var header = HEADER.getBytes(StandardCharsets.US_ASCII);
        var input = Arrays.copyOf(header, header.length + hash.length);
        System.arraycopy(hash, 0, input, header.length, hash.length);
        return input;
    }
}
