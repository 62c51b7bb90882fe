package dev.pointsman.core.server.login;

import dev.pointsman.core.config.Secret;
import dev.pointsman.core.server.keys.UserKeys;
import dev.pointsman.core.wire.ProtocolViolation;
import dev.pointsman.core.wire.auth.Md5;
import dev.pointsman.core.wire.auth.ScramClient;
import dev.pointsman.core.wire.auth.ScramKeys;
import dev.pointsman.core.wire.message.AuthenticationRequest;
import dev.pointsman.core.wire.message.Requests;

import io.netty.buffer.ByteBuf;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// Answers a server's demands during one login, as far as our secret can.
final class Proof {
    private static final String MECHANISM = "SCRAM-SHA-256";

    /// What to do about a demand.
    sealed interface Step {}

    /// The server lets us in.
    record Accepted() implements Step {}

    /// Nothing to say; the server goes on.
    record Waiting() implements Step {}

    /// A message to send.
    record Reply(Consumer<ByteBuf> writer) implements Step {}

    /// A message to send that takes long to compute: not on the event loop.
    record Derive(CompletableFuture<Reply> reply) implements Step {}

    /// What we hold cannot prove this.
    record Impossible(String how) implements Step {}

    private final ServerLogin login;
    private final ScramClient scram = new ScramClient();
    private volatile @Nullable Proven proven;
    private UserKeys.Way way = UserKeys.Way.UNASKED;
    private boolean begun;
    private boolean verified;
    private boolean accepted;

    /// A challenge with the keys that answer it.
    private record Proven(ScramClient.Challenge challenge, ScramKeys keys) {}

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
            case AuthenticationRequest.SaslContinue(String data) -> challenged(data);
            case AuthenticationRequest.SaslFinal(String data) -> verify(data);
            case AuthenticationRequest.Unsupported unsupported ->
                    new Impossible(unsupported.name());
        };
    }

    private Step accept() {
        if (begun && !verified) {
            throw new ProtocolViolation(
                    "the server accepted the login without proving that it knows the password");
        }
        accepted = true;
        login.keys().letIn(way);
        return new Accepted();
    }

    private Step cleartext() {
        way = UserKeys.Way.CLEAR;
        return switch (login.secret()) {
            case Secret.Clear(String password) ->
                    new Reply(out -> Requests.password(out, password));
            case Secret.ScramVerifier _, Secret.Md5Hash _, Secret.Absent _ ->
                    new Impossible("a password in clear");
        };
    }

    private Step md5(int salt) {
        way = UserKeys.Way.MD5;
        return switch (login.secret()) {
            case Secret.Clear(String password) -> md5(Md5.hash(password, login.user()), salt);
            case Secret.Md5Hash(String hash) -> md5(hash, salt);
            case Secret.ScramVerifier _, Secret.Absent _ -> new Impossible("md5");
        };
    }

    private static Step md5(String hash, int salt) {
        return new Reply(out -> Requests.password(out, Md5.answer(hash, salt)));
    }

    private Step sasl(AuthenticationRequest.Sasl request) {
        if (!request.mechanisms().contains(MECHANISM)) {
            return new Impossible(String.join(" or ", request.mechanisms()));
        }
        return switch (login.secret()) {
            case Secret.Clear _ -> begin();
            case Secret.ScramVerifier _, Secret.Md5Hash _, Secret.Absent _ ->
                    login.keys().hasLearntKeys() ? begin() : new Impossible(MECHANISM);
        };
    }

    private Step begin() {
        way = UserKeys.Way.SCRAM;
        begun = true;
        return new Reply(out -> Requests.saslInitialResponse(out, MECHANISM, scram.clientFirst()));
    }

    private Step challenged(String data) {
        if (!begun || proven != null) {
            throw new ProtocolViolation("the server goes on with a SASL login that was not begun");
        }
        var challenge = scram.challenge(data);
        Optional<ScramKeys> known = login.keys().fitting(login.secret(), challenge);
        if (known.isPresent()) {
            return answer(challenge, known.get());
        }
        return switch (login.secret()) {
            case Secret.Clear clear ->
                    new Derive(
                            login.keys()
                                    .derive(clear, challenge)
                                    .thenApply(keys -> answer(challenge, keys)));
            case Secret.ScramVerifier _, Secret.Md5Hash _, Secret.Absent _ ->
                    new Impossible(
                            MECHANISM + " with another verifier than the one that clients proved");
        };
    }

    private Reply answer(ScramClient.Challenge challenge, ScramKeys keys) {
        proven = new Proven(challenge, keys);
        var answer = challenge.answer(keys);
        return new Reply(out -> Requests.saslResponse(out, answer));
    }

    private Step verify(String data) {
        Proven given = proven;
        if (given == null) {
            throw new ProtocolViolation("the server ends a SASL login that was not answered");
        }
        given.challenge().verify(given.keys(), data);
        verified = true;
        return new Waiting();
    }
}
