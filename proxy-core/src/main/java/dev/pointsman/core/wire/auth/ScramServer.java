package dev.pointsman.core.wire.auth;

import dev.pointsman.core.wire.ProtocolViolation;
import dev.pointsman.core.wire.SqlState;

import java.nio.charset.StandardCharsets;

/// The server's side of one SCRAM-SHA-256 login (RFC 5802 and 7677), without channel binding.
///
/// Send [#serverFirst], then give the client's second message to [#finish]. Fast enough for event
/// loops: the slow part was done when the [ScramVerifier] was made.
public final class ScramServer {
    /// The mechanism to offer in AuthenticationSASL.
    public static final String MECHANISM = "SCRAM-SHA-256";

    private static final int NONCE_BYTES = 18;

    /// How a login ended.
    public sealed interface Outcome {}

    /// The client knows the password. Send `serverFinal`, then AuthenticationOk.
    ///
    /// @param keys log the same user in on servers that store the same verifier
    public record Accepted(String serverFinal, ScramKeys keys) implements Outcome {}

    /// Wrong password, or no such user; nobody can tell which.
    public record Rejected() implements Outcome {}

    private final ScramVerifier verifier;
    private final String gs2Header;
    private final String clientFirstBare;
    private final String nonce;

    private ScramServer(
            ScramVerifier verifier, String gs2Header, String clientFirstBare, String nonce) {
        this.verifier = verifier;
        this.gs2Header = gs2Header;
        this.clientFirstBare = clientFirstBare;
        this.nonce = nonce;
    }

    /// Begins with the client's first message. The user name in it is ignored, as in PostgreSQL:
    /// the start-up packet has said who it is.
    ///
    /// @param verifier the user's, or one of [MockVerifiers]
    /// @throws ProtocolViolation when the message is malformed or asks for what is not supported
    public static ScramServer begin(ScramVerifier verifier, String clientFirst) {
        return begin(verifier, clientFirst, Digests.base64(Digests.random(NONCE_BYTES)));
    }

    static ScramServer begin(ScramVerifier verifier, String clientFirst, String serverNonce) {
        int headerEnd = gs2HeaderEnd(clientFirst);
        var attributes = new ScramAttributes(clientFirst, headerEnd);
        if (attributes.nextLetter() == 'm') {
            throw unsupported("the client requires a SCRAM extension, and none is supported");
        }
        attributes.value('n');
        var clientNonce = attributes.nonce();
        while (!attributes.atEnd()) {
            attributes.value();
        }
        return new ScramServer(
                verifier,
                clientFirst.substring(0, headerEnd),
                clientFirst.substring(headerEnd),
                clientNonce + serverNonce);
    }

    /// What to send in AuthenticationSASLContinue.
    public String serverFirst() {
        return "r=%s,s=%s,i=%d"
                .formatted(nonce, Digests.base64(verifier.salt()), verifier.iterations());
    }

    /// Checks the client's second message.
    ///
    /// @throws ProtocolViolation when the message is malformed or belongs to another exchange
    public Outcome finish(String clientFinal) {
        var attributes = new ScramAttributes(clientFinal, 0);
        var binding = attributes.value('c');
        if (!binding.equals(Digests.base64(gs2Header.getBytes(StandardCharsets.US_ASCII)))) {
            throw ScramAttributes.malformed("its channel binding is not the one announced");
        }
        if (!attributes.nonce().equals(nonce)) {
            throw ScramAttributes.malformed("its nonce is not the one sent");
        }
        while (attributes.nextLetter() != 'p') {
            attributes.value();
        }
        int proofAt = attributes.position();
        var proof = attributes.bytes('p');
        if (proof.length != Digests.SHA_256_BYTES || !attributes.atEnd()) {
            throw ScramAttributes.malformed("its proof is not the end or has a wrong length");
        }
        return check(clientFinal.substring(0, proofAt - 1), proof);
    }

    private Outcome check(String clientFinalWithoutProof, byte[] proof) {
        var exchange = clientFirstBare + "," + serverFirst() + "," + clientFinalWithoutProof;
        var clientKey = verifier.clientKey(exchange, proof);
        if (!verifier.madeOf(clientKey)) {
            return new Rejected();
        }
        return new Accepted(
                "v=" + verifier.signature(exchange), ScramKeys.proved(verifier, clientKey));
    }

    private static int gs2HeaderEnd(String clientFirst) {
        if (clientFirst.startsWith("p=")) {
            throw ScramAttributes.malformed(
                    "it binds to a channel, but the mechanism without channel binding was chosen");
        }
        if (!clientFirst.startsWith("n,") && !clientFirst.startsWith("y,")) {
            throw ScramAttributes.malformed("it does not say whether it binds to a channel");
        }
        if (clientFirst.startsWith("a=", 2)) {
            throw unsupported("the client uses an authorization identity, which is not supported");
        }
        if (!clientFirst.startsWith(",", 2)) {
            throw ScramAttributes.malformed("its header has no end");
        }
        return 3;
    }

    private static ProtocolViolation unsupported(String message) {
        return new ProtocolViolation(SqlState.FEATURE_NOT_SUPPORTED, message);
    }
}
