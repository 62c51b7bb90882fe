package dev.pointsman.core.config.tls;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads a private key in any of the forms that OpenSSL writes, but for encrypted ones.
final class PemKey {
    private static final Pattern KEY =
            Pattern.compile(
                    "-----BEGIN ((?:[A-Z]+ )*)PRIVATE KEY-----([^-]+)-----END [A-Z ]+-----");
    private static final String UNREADABLE = " holds a key that cannot be read";
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final int CURVE = 0xa0;
    private static final byte[] VERSION = {0x02, 0x01, 0x00};

    /// The algorithm identifier of RSA: its object identifier and NULL, in a sequence.
    private static final byte[] RSA = {
        0x30,
        0x0d,
        0x06,
        0x09,
        0x2a,
        (byte) 0x86,
        0x48,
        (byte) 0x86,
        (byte) 0xf7,
        0x0d,
        0x01,
        0x01,
        0x01,
        0x05,
        0x00
    };

    /// The object identifier of a key on an elliptic curve.
    private static final byte[] EC = {
        0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01
    };

    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");

    private PemKey() {}

    static PrivateKey read(String pem, Path file) throws BadPem {
        var match = KEY.matcher(pem);
        if (!match.find()) {
            throw new BadPem(file + " holds no private key", "it must have a PRIVATE KEY line");
        }
        if (pem.contains("ENCRYPTED")) {
            throw new BadPem(
                    "the key in " + file + " is encrypted",
                    "decrypt it with: openssl pkey -in %s -out FILE, readable to the proxy only"
                            .formatted(file));
        }
        try {
            var bytes = Base64.getMimeDecoder().decode(match.group(2));
            var spec =
                    new PKCS8EncodedKeySpec(
                            switch (match.group(1).strip()) {
                                case "RSA" -> wrapped(RSA, bytes);
                                case "EC" -> wrapped(der(SEQUENCE, EC, curveOf(bytes)), bytes);
                                default -> bytes;
                            });
            return key(spec, file);
        } catch (IllegalArgumentException | IndexOutOfBoundsException _) {
            throw new BadPem(file + UNREADABLE, mend(file));
        }
    }

    private static PrivateKey key(PKCS8EncodedKeySpec spec, Path file) throws BadPem {
        for (var algorithm : ALGORITHMS) {
            var key = key(spec, algorithm);
            if (key.isPresent()) {
                return key.get();
            }
        }
        throw new BadPem(file + UNREADABLE, mend(file));
    }

    /// Empty when the key is of another algorithm.
    private static Optional<PrivateKey> key(PKCS8EncodedKeySpec spec, String algorithm) {
        try {
            return Optional.of(KeyFactory.getInstance(algorithm).generatePrivate(spec));
        } catch (GeneralSecurityException _) {
            return Optional.empty();
        }
    }

    private static String mend(Path file) {
        return "RSA, EC and Ed25519 keys are known; look at it with: openssl pkey -in "
                + file
                + " -noout -text";
    }

    private static byte[] wrapped(byte[] algorithm, byte[] key) {
        return der(SEQUENCE, VERSION, algorithm, der(OCTETS, key));
    }

    /// The name of the curve within a key in SEC 1 form: a sequence of a version, the key, and the
    /// curve under a tag of its own.
    private static byte[] curveOf(byte[] key) {
        int at = contentAt(key, 0);
        while ((key[at] & 0xff) != CURVE) {
            at = contentAt(key, at) + lengthAt(key, at);
        }
        int from = contentAt(key, at);
        return Arrays.copyOfRange(key, from, from + lengthAt(key, at));
    }

    private static int contentAt(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
    }

    private static int lengthAt(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < (first & 0x7f); i++) {
            length = (length << 8) | (der[at + 2 + i] & 0xff);
        }
        return length;
    }

    private static byte[] der(int tag, byte[]... parts) {
        var content = new ByteArrayOutputStream();
        for (var part : parts) {
            content.writeBytes(part);
        }
        var out = new ByteArrayOutputStream();
        out.write(tag);
        int length = content.size();
        if (length < 0x80) {
            out.write(length);
        } else if (length < 0x100) {
            out.write(0x81);
            out.write(length);
        } else {
            out.write(0x82);
            out.write(length >>> 8);
            out.write(length);
        }
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }
}
