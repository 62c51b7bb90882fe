package dev.pointsman.core.wire.auth;

import java.security.MessageDigest;
import java.util.Arrays;

/// What a SCRAM client makes of a password once it knows the server's salt and iteration count.
///
/// [#derive] takes milliseconds and must not run on an event loop; keep the result, since a server
/// asks with the same salt until the password is changed. As secret as the password itself.
public final class ScramKeys {
    private final byte[] salt;
    private final int iterations;
    private final byte[] clientKey;
    private final byte[] serverKey;

    private ScramKeys(byte[] salt, int iterations, byte[] clientKey, byte[] serverKey) {
        this.salt = salt;
        this.iterations = iterations;
        this.clientKey = clientKey;
        this.serverKey = serverKey;
    }

    /// Slow: `iterations` rounds of HMAC.
    ///
    /// @param password not empty
    public static ScramKeys derive(String password, byte[] salt, int iterations) {
        if (password.isEmpty()) {
            throw new IllegalArgumentException("an empty password cannot be used to log in");
        }
        var salted = Digests.pbkdf2(PasswordPrep.normalize(password), salt, iterations);
        return new ScramKeys(
                salt.clone(),
                iterations,
                Digests.hmac(salted, "Client Key"),
                Digests.hmac(salted, "Server Key"));
    }

    /// What a server learns when a client has proved its password: with it the same client can be
    /// logged in wherever the same verifier is stored.
    static ScramKeys proved(ScramVerifier verifier, byte[] clientKey) {
        return new ScramKeys(
                verifier.salt(), verifier.iterations(), clientKey, verifier.serverKey());
    }

    /// Whether these keys answer a challenge with this salt and count.
    public boolean fit(ScramClient.Challenge challenge) {
        return iterations == challenge.iterations() && Arrays.equals(salt, challenge.salt());
    }

    /// Whether the other keys answer the same challenges.
    public boolean sameChallenge(ScramKeys other) {
        return iterations == other.iterations && Arrays.equals(salt, other.salt);
    }

    /// What checks whether somebody else holds these keys.
    public ScramVerifier verifier() {
        return new ScramVerifier(iterations, salt, Digests.sha256(clientKey), serverKey);
    }

    /// The client's proof for the messages exchanged, in base64.
    String proof(String exchange) {
        var signature = Digests.hmac(Digests.sha256(clientKey), exchange);
        return Digests.base64(Digests.xor(clientKey, signature));
    }

    boolean signed(String exchange, byte[] signature) {
        return MessageDigest.isEqual(Digests.hmac(serverKey, exchange), signature);
    }

    @Override
    public String toString() {
        return "ScramKeys[iterations=" + iterations + "]";
    }
}
