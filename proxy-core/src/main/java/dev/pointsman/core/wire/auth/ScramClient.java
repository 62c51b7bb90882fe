package dev.pointsman.core.wire.auth;

import dev.pointsman.core.wire.ProtocolViolation;
import dev.pointsman.core.wire.SqlState;

/// The client's side of one SCRAM-SHA-256 login (RFC 5802 and 7677), tied to its connection or not.
///
/// Send [#clientFirst]; read the server's first message with [#challenge]; find the [ScramKeys] for
/// it, off the event loop unless they are known; send [Challenge#answer]; give the server's last
/// message to [Challenge#verify].
public final class ScramClient {
    /// A server that asks for more would keep us computing for minutes.
    public static final int ITERATIONS_MAX = 1_000_000;

    private static final int NONCE_BYTES = 18;

    private final ChannelBinding binding;
    private final String clientFirstBare;
    private final String nonce;

    /// One that is not tied to its connection.
    public ScramClient() {
        this(new ChannelBinding.Unbound(false));
    }

    public ScramClient(ChannelBinding binding) {
        this(binding, "", Digests.base64(Digests.random(NONCE_BYTES)));
    }

    ScramClient(String user, String nonce) {
        this(new ChannelBinding.Unbound(false), user, nonce);
    }

    private ScramClient(ChannelBinding binding, String user, String nonce) {
        this.binding = binding;
        this.nonce = nonce;
        this.clientFirstBare = "n=" + user + ",r=" + nonce;
    }

    /// What to send in SASLInitialResponse. Names no user: servers take it from the start-up
    /// packet.
    public String clientFirst() {
        return binding.header() + clientFirstBare;
    }

    /// Reads the data of AuthenticationSASLContinue.
    ///
    /// @throws ProtocolViolation when it is malformed, or asks for more than [#ITERATIONS_MAX]
    public Challenge challenge(String serverFirst) {
        var attributes = new ScramAttributes(serverFirst, 0);
        var fullNonce = attributes.nonce();
        if (!fullNonce.startsWith(nonce) || fullNonce.length() == nonce.length()) {
            throw ScramAttributes.malformed("the server's nonce does not continue ours");
        }
        var salt = attributes.bytes('s');
        if (salt.length == 0) {
            throw ScramAttributes.malformed("the salt is empty");
        }
        int iterations = iterations(attributes.value('i'));
        var withoutProof = "c=" + Digests.base64(binding.input()) + ",r=" + fullNonce;
        return new Challenge(
                salt,
                iterations,
                withoutProof,
                clientFirstBare + "," + serverFirst + "," + withoutProof);
    }

    private static int iterations(String text) {
        if (!text.matches("[0-9]{1,9}")) {
            throw ScramAttributes.malformed("the iteration count is not a number");
        }
        int count = Integer.parseInt(text);
        if (count < 1 || count > ITERATIONS_MAX) {
            throw new ProtocolViolation(
                    "the server asks for %d SCRAM iterations; 1 to %d are allowed"
                            .formatted(count, ITERATIONS_MAX));
        }
        return count;
    }

    /// What the server wants to have answered.
    public static final class Challenge {
        private final byte[] salt;
        private final int iterations;
        private final String withoutProof;
        private final String exchange;

        private Challenge(byte[] salt, int iterations, String withoutProof, String exchange) {
            this.salt = salt;
            this.iterations = iterations;
            this.withoutProof = withoutProof;
            this.exchange = exchange;
        }

        public byte[] salt() {
            return salt.clone();
        }

        public int iterations() {
            return iterations;
        }

        /// What to send in SASLResponse.
        ///
        /// @param keys ones that fit this challenge
        public String answer(ScramKeys keys) {
            return withoutProof + ",p=" + keys.proof(exchange);
        }

        /// Reads the data of AuthenticationSASLFinal.
        ///
        /// @throws ProtocolViolation when the server refuses, or does not know the password itself
        public void verify(ScramKeys keys, String serverFinal) {
            if (serverFinal.startsWith("e=")) {
                throw new ProtocolViolation(
                        SqlState.INVALID_PASSWORD, "the server refused the SCRAM proof");
            }
            var signature = new ScramAttributes(serverFinal, 0).bytes('v');
            if (!keys.signed(exchange, signature)) {
                throw new ProtocolViolation(
                        SqlState.INVALID_PASSWORD,
                        "the server's SCRAM signature is wrong: it does not know the password");
            }
        }
    }
}
