package dev.pointsman.core.server;

import dev.pointsman.core.config.Secret;
import dev.pointsman.core.wire.ProtocolViolation;
import dev.pointsman.core.wire.message.AuthenticationRequest;
import dev.pointsman.core.wire.message.Requests;

import io.netty.buffer.ByteBuf;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Consumer;

/// Answers a server's demands during one login, as far as our secret can.
final class Proof {
    /// What to do about a demand.
    sealed interface Step {}

    /// The server lets us in.
    record Accepted() implements Step {}

    /// Nothing to say; the server goes on.
    record Waiting() implements Step {}

    /// A message to send.
    record Reply(Consumer<ByteBuf> writer) implements Step {}

    /// What we hold cannot prove this.
    record Impossible(String how) implements Step {}

    private final ServerLogin login;
    private @Nullable ScramClient scram;
    private boolean accepted;

    Proof(ServerLogin login) {
        this.login = login;
    }

    boolean accepted() {
        return accepted;
    }

    Step answer(AuthenticationRequest request) {
        return switch (request) {
            case AuthenticationRequest.Ok() -> accept();
            case AuthenticationRequest.CleartextPassword() -> cleartext();
            case AuthenticationRequest.Md5Password(int salt) -> md5(salt);
            case AuthenticationRequest.Sasl sasl -> sasl(sasl);
            case AuthenticationRequest.SaslContinue(String data) ->
                    new Reply(out -> Requests.saslResponse(out, underWay().proof(data)));
            case AuthenticationRequest.SaslFinal(String data) -> {
                underWay().verify(data);
                yield new Waiting();
            }
            case AuthenticationRequest.Unsupported unsupported ->
                    new Impossible(unsupported.name());
        };
    }

    private Step accept() {
        if (scram != null && !scram.verified()) {
            throw new ProtocolViolation(
                    "the server accepted the login without proving that it knows the password");
        }
        accepted = true;
        return new Accepted();
    }

    private Step cleartext() {
        return switch (login.secret()) {
            case Secret.Clear(String password) ->
                    new Reply(out -> Requests.password(out, password));
            case Secret.ScramVerifier _, Secret.Md5Hash _, Secret.Absent _ ->
                    new Impossible("a password in clear");
        };
    }

    private Step md5(int salt) {
        return switch (login.secret()) {
            case Secret.Clear(String password) ->
                    md5(hexMd5(bytes(password), bytes(login.user())), salt);
            case Secret.Md5Hash(String hash) -> md5(hash.substring("md5".length()), salt);
            case Secret.ScramVerifier _, Secret.Absent _ -> new Impossible("md5");
        };
    }

    private static Step md5(String hash, int salt) {
        byte[] salted = {
            (byte) (salt >>> 24), (byte) (salt >>> 16), (byte) (salt >>> 8), (byte) salt
        };
        return new Reply(out -> Requests.password(out, "md5" + hexMd5(bytes(hash), salted)));
    }

    private Step sasl(AuthenticationRequest.Sasl request) {
        if (!request.mechanisms().contains(ScramClient.MECHANISM)) {
            return new Impossible(String.join(" or ", request.mechanisms()));
        }
        return switch (login.secret()) {
            case Secret.Clear(String password) -> {
                var started = new ScramClient(password);
                scram = started;
                yield new Reply(
                        out ->
                                Requests.saslInitialResponse(
                                        out, ScramClient.MECHANISM, started.first()));
            }
            case Secret.ScramVerifier _, Secret.Md5Hash _, Secret.Absent _ ->
                    new Impossible(ScramClient.MECHANISM);
        };
    }

    private ScramClient underWay() {
        if (scram == null) {
            throw new ProtocolViolation("the server goes on with a SASL login that was not begun");
        }
        return scram;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String hexMd5(byte[] first, byte[] second) {
        try {
            var digest = MessageDigest.getInstance("MD5");
            digest.update(first);
            return HexFormat.of().formatHex(digest.digest(second));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no MD5", e);
        }
    }
}
