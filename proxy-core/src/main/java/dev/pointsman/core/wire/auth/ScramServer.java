package dev.pointsman.core.wire.auth;

import dev.pointsman.core.wire.ProtocolViolation;
import dev.pointsman.core.wire.SqlState;

import java.util.List;

/// The server's side of one SCRAM-SHA-256 login (RFC 5802 and 7677), tied to its connection where
/// that is encrypted and the client will.
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
    private final byte[] binding;
    private final String clientFirstBare;
    private final String nonce;

    private ScramServer(
            ScramVerifier verifier, byte[] binding, String clientFirstBare, String nonce) {
        this.verifier = verifier;
        this.binding = binding;
        this.clientFirstBare = clientFirstBare;
        this.nonce = nonce;
    }

    /// The mechanisms to offer on a connection, the best first.
    ///
    /// @param bindings what a login there can be tied to; empty on a plain connection
    public static List<String> mechanisms(List<EndPoint> bindings) {
        return bindings.isEmpty()
                ? List.of(MECHANISM)
                : List.of(ChannelBinding.MECHANISM_PLUS, MECHANISM);
    }

    /// Begins with the client's first message, on a connection to which nothing can be tied.
    public static ScramServer begin(ScramVerifier verifier, String clientFirst) {
        return begin(verifier, List.of(), MECHANISM, clientFirst);
    }

    /// Begins with the client's first message. The user name in it is ignored, as in PostgreSQL:
    /// the start-up packet has said who it is.
    ///
    /// @param verifier the user's, or one of [MockVerifiers]
    /// @param bindings as given to [#mechanisms]
    /// @param mechanism the one that the client chose
    /// @throws ProtocolViolation when the message is malformed, asks for what is not supported, or
    ///   shows that the offer did not reach the client as it was sent
    public static ScramServer begin(
            ScramVerifier verifier, List<EndPoint> bindings, String mechanism, String clientFirst) {
        if (!mechanisms(bindings).contains(mechanism)) {
            throw new ProtocolViolation("the client chose a SASL mechanism that was not offered");
        }
        var header = Header.read(clientFirst);
        var binding =
                mechanism.equals(MECHANISM) ? header.unbound(bindings) : header.bound(bindings);
        return begin(verifier, binding, clientFirst, Digests.base64(Digests.random(NONCE_BYTES)));
    }

    static ScramServer begin(ScramVerifier verifier, String clientFirst, String serverNonce) {
        var binding = Header.read(clientFirst).unbound(List.of());
        return begin(verifier, binding, clientFirst, serverNonce);
    }

    private static ScramServer begin(
            ScramVerifier verifier,
            ChannelBinding binding,
            String clientFirst,
            String serverNonce) {
        int headerEnd = binding.header().length();
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
                binding.input(),
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
        if (!attributes.value('c').equals(Digests.base64(binding))) {
            throw new ProtocolViolation(
                    SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                    "SCRAM channel binding check failed: the client does not see this connection's"
                            + " certificate; somebody is in between");
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

    private static ProtocolViolation unsupported(String message) {
        return new ProtocolViolation(SqlState.FEATURE_NOT_SUPPORTED, message);
    }

    /// What the client's first SCRAM message begins with: whether it ties the login to its
    /// connection.
    ///
    /// @param binding `n` cannot, `y` could but was not offered it, or the name of a binding
    private record Header(String binding) {
        private static final String NAMED = "p=";
        private static final String END_POINT = "tls-server-end-point";

        static Header read(String clientFirst) {
            int comma = clientFirst.indexOf(',');
            var flag = comma < 0 ? clientFirst : clientFirst.substring(0, comma);
            boolean named = flag.startsWith(NAMED);
            if (!named && !flag.equals("n") && !flag.equals("y")) {
                throw ScramAttributes.malformed("it does not say whether it binds to a channel");
            }
            if (clientFirst.startsWith("a=", comma + 1)) {
                throw unsupported(
                        "the client uses an authorization identity, which is not supported");
            }
            if (comma < 0 || !clientFirst.startsWith(",", comma + 1)) {
                throw ScramAttributes.malformed("its header has no end");
            }
            return new Header(named ? flag.substring(NAMED.length()) : flag);
        }

        /// Of a client that chose the mechanism without channel binding.
        ///
        /// @param offered what it could have chosen
        ChannelBinding unbound(List<EndPoint> offered) {
            return switch (binding) {
                case "n" -> new ChannelBinding.Unbound(false);
                case "y" -> {
                    if (!offered.isEmpty()) {
                        throw new ProtocolViolation(
                                SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                                "SCRAM channel binding negotiation error: the client could bind,"
                                        + " and does not know that it was offered to; somebody in"
                                        + " between has changed the offer");
                    }
                    yield new ChannelBinding.Unbound(true);
                }
                default ->
                        throw ScramAttributes.malformed(
                                "it binds to a channel, but the mechanism without channel binding"
                                        + " was chosen");
            };
        }

        /// Of a client that chose the mechanism with channel binding.
        ChannelBinding bound(List<EndPoint> offered) {
            if (binding.equals("n") || binding.equals("y")) {
                throw ScramAttributes.malformed(
                        "it does not bind to a channel, but the mechanism with channel binding was"
                                + " chosen");
            }
            if (!binding.equals(END_POINT)) {
                throw unsupported(
                        "the client uses an unsupported channel binding; use " + END_POINT);
            }
            return offered.getFirst();
        }
    }
}
