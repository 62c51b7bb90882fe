package dev.pointsman.core.wire.auth;

import java.security.MessageDigest;
import java.util.Optional;
import java.util.regex.Pattern;

/// What a server stores instead of a password: enough to check a SCRAM login, not enough to make
/// one. PostgreSQL's text form is `SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey`.
public final class ScramVerifier {
    /// PostgreSQL's own default.
    public static final int ITERATIONS_DEFAULT = 4_096;

    public static final int SALT_BYTES = 16;

    private static final Pattern TEXT =
            Pattern.compile("SCRAM-SHA-256\\$([0-9]{1,9}):([^:$]+)\\$([^:$]+):([^:$]+)");

    private final int iterations;
    private final byte[] salt;
    private final byte[] storedKey;
    private final byte[] serverKey;

    ScramVerifier(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
        this.iterations = iterations;
        this.salt = salt;
        this.storedKey = storedKey;
        this.serverKey = serverKey;
    }

    /// A verifier with a salt of its own. Slow: not for event loops.
    public static ScramVerifier of(String password) {
        return of(password, Digests.random(SALT_BYTES), ITERATIONS_DEFAULT);
    }

    /// A verifier with a given salt. Slow: not for event loops.
    public static ScramVerifier of(String password, byte[] salt, int iterations) {
        return ScramKeys.derive(password, salt, iterations).verifier();
    }

    /// Reads PostgreSQL's text form; empty when the text is something else.
    public static Optional<ScramVerifier> parse(String text) {
        var match = TEXT.matcher(text);
        if (!match.matches()) {
            return Optional.empty();
        }
        int iterations = Integer.parseInt(match.group(1));
        var salt = Digests.fromBase64(match.group(2)).orElse(new byte[0]);
        var storedKey = Digests.fromBase64(match.group(3)).orElse(new byte[0]);
        var serverKey = Digests.fromBase64(match.group(4)).orElse(new byte[0]);
        boolean complete =
                iterations > 0
                        && salt.length > 0
                        && storedKey.length == Digests.SHA_256_BYTES
                        && serverKey.length == Digests.SHA_256_BYTES;
        return complete
                ? Optional.of(new ScramVerifier(iterations, salt, storedKey, serverKey))
                : Optional.empty();
    }

    /// PostgreSQL's text form: a secret.
    public String text() {
        return "SCRAM-SHA-256$%d:%s$%s:%s"
                .formatted(
                        iterations,
                        Digests.base64(salt),
                        Digests.base64(storedKey),
                        Digests.base64(serverKey));
    }

    /// Whether this verifier was made of the password. Slow: not for event loops.
    public boolean matches(String password) {
        return !password.isEmpty()
                && MessageDigest.isEqual(storedKey, of(password, salt, iterations).storedKey);
    }

    int iterations() {
        return iterations;
    }

    byte[] salt() {
        return salt.clone();
    }

    byte[] serverKey() {
        return serverKey.clone();
    }

    /// The client's key that the proof reveals for the messages exchanged.
    byte[] clientKey(String exchange, byte[] proof) {
        return Digests.xor(proof, Digests.hmac(storedKey, exchange));
    }

    boolean madeOf(byte[] clientKey) {
        return MessageDigest.isEqual(storedKey, Digests.sha256(clientKey));
    }

    String signature(String exchange) {
        return Digests.base64(Digests.hmac(serverKey, exchange));
    }

    @Override
    public String toString() {
        return "ScramVerifier[iterations=" + iterations + "]";
    }
}
