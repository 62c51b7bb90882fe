package dev.pointsman.core.server;

import dev.pointsman.core.wire.ProtocolViolation;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Base64;

import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/// The client's half of one SCRAM-SHA-256 conversation without channel binding (RFC 5802, 7677).
final class ScramClient {
    static final String MECHANISM = "SCRAM-SHA-256";

    private static final int NONCE_BYTES = 18;
    private static final int ITERATIONS_MAX = 10_000_000;
    private static final String NO_BINDING = "n,,";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String password;
    private final String nonce;
    private byte[] expectedSignature = {};
    private boolean verified;

    ScramClient(String password) {
        this.password = Normalizer.normalize(password, Normalizer.Form.NFKC);
        var random = new byte[NONCE_BYTES];
        RANDOM.nextBytes(random);
        nonce = Base64.getEncoder().encodeToString(random);
    }

    /// PostgreSQL takes the user's name from the start-up packet.
    String first() {
        return NO_BINDING + bare();
    }

    String proof(String serverFirst) {
        var serverNonce = attribute(serverFirst, 0, 'r');
        var salt = attribute(serverFirst, 1, 's');
        var iterations = attribute(serverFirst, 2, 'i');
        if (!serverNonce.startsWith(nonce) || serverNonce.length() == nonce.length()) {
            throw violation();
        }
        var withoutProof =
                "c=" + base64(NO_BINDING.getBytes(StandardCharsets.UTF_8)) + ",r=" + serverNonce;
        var signed = bare() + "," + serverFirst + "," + withoutProof;
        try {
            var salted = salted(Base64.getDecoder().decode(salt), count(iterations));
            var clientKey = hmac(salted, "Client Key");
            var stored = MessageDigest.getInstance("SHA-256").digest(clientKey);
            var proof = hmac(stored, signed);
            for (int i = 0; i < proof.length; i++) {
                proof[i] ^= clientKey[i];
            }
            expectedSignature = hmac(hmac(salted, "Server Key"), signed);
            return withoutProof + ",p=" + base64(proof);
        } catch (IllegalArgumentException _) {
            throw violation();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java lacks SHA-256", e);
        }
    }

    void verify(String serverFinal) {
        byte[] signature;
        try {
            signature = Base64.getDecoder().decode(attribute(serverFinal, 0, 'v'));
        } catch (IllegalArgumentException _) {
            throw violation();
        }
        if (expectedSignature.length == 0 || !MessageDigest.isEqual(signature, expectedSignature)) {
            throw new ProtocolViolation("the server does not know the password either");
        }
        verified = true;
    }

    boolean verified() {
        return verified;
    }

    private String bare() {
        return "n=,r=" + nonce;
    }

    private byte[] salted(byte[] salt, int iterations) throws GeneralSecurityException {
        var spec = new PBEKeySpec(password.toCharArray(), salt, iterations, 256);
        return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(spec)
                .getEncoded();
    }

    private static int count(String iterations) {
        int count = Integer.parseInt(iterations);
        if (count < 1 || count > ITERATIONS_MAX) {
            throw violation();
        }
        return count;
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String attribute(String message, int index, char name) {
        var parts = message.split(",", -1);
        if (index >= parts.length
                || parts[index].length() < 2
                || parts[index].charAt(0) != name
                || parts[index].charAt(1) != '=') {
            throw violation();
        }
        return parts[index].substring(2);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static ProtocolViolation violation() {
        return new ProtocolViolation("the server's SCRAM message is malformed");
    }
}
