package dev.pointsman.core.wire.auth;

import java.util.Arrays;

/// Verifiers for users that do not exist, so that a login as one runs, and fails, exactly like a
/// login with a wrong password: same messages, same work, and the same salt whenever it is tried.
///
/// One instance per process; its secret lives as long. Thread-safe, and fast enough for event
/// loops.
public final class MockVerifiers {
    private final byte[] secret;

    public MockVerifiers() {
        this(Digests.random(Digests.SHA_256_BYTES));
    }

    MockVerifiers(byte[] secret) {
        this.secret = secret;
    }

    /// A verifier that no password matches.
    public ScramVerifier of(String user) {
        var salt = Digests.hmac(secret, "salt " + user);
        return new ScramVerifier(
                ScramVerifier.ITERATIONS_DEFAULT,
                Arrays.copyOf(salt, ScramVerifier.SALT_BYTES),
                Digests.hmac(secret, "stored key " + user),
                Digests.hmac(secret, "server key " + user));
    }
}
