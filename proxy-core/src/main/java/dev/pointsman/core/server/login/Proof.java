package dev.pointsman.core.server.login;

import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.tls.ServerTls.Binding;
import dev.pointsman.core.server.keys.UserKeys;
import dev.pointsman.core.tls.Secured;
import dev.pointsman.core.wire.ProtocolViolation;
import dev.pointsman.core.wire.auth.ChannelBinding;
import dev.pointsman.core.wire.auth.EndPoint;
import dev.pointsman.core.wire.auth.Md5;
import dev.pointsman.core.wire.auth.ScramClient;
import dev.pointsman.core.wire.auth.ScramKeys;
import dev.pointsman.core.wire.message.AuthenticationRequest;
import dev.pointsman.core.wire.message.Requests;

import io.netty.buffer.ByteBuf;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// Answers a server's demands during one login, as far as our secret can.
final class Proof {
    private static final String MECHANISM = "SCRAM-SHA-256";
    private static final String MECHANISM_PLUS = ChannelBinding.MECHANISM_PLUS;

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

    /// The login would not be tied to the connection, and has to be.
    record Untied(String how) implements Step {}

    private final ServerLogin login;
    private final Binding wanted;
    private @Nullable Secured secured;
    private ScramClient scram = new ScramClient();
    private volatile @Nullable Proven proven;
    private UserKeys.Way way = UserKeys.Way.UNASKED;
    private boolean begun;
    private boolean verified;
    private boolean accepted;
    private boolean tied;

    /// A challenge with the keys that answer it.
    private record Proven(ScramClient.Challenge challenge, ScramKeys keys) {}

    Proof(ServerLogin login, Binding wanted) {
        this.login = login;
        this.wanted = wanted;
    }

    /// What the login goes over: known before the first demand.
    void over(Optional<Secured> channel) {
        secured = channel.orElse(null);
    }

    boolean accepted() {
        return accepted;
    }

    Step answer(AuthenticationRequest request) {
        return switch (request) {
            case AuthenticationRequest.Ok() -> accept();
            case AuthenticationRequest.CleartextPassword() ->
                    wanted == Binding.REQUIRE
                            ? new Untied("the server wants the password in clear")
                            : cleartext();
            case AuthenticationRequest.Md5Password(int salt) ->
                    wanted == Binding.REQUIRE ? new Untied("the server wants md5") : md5(salt);
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
        if (wanted == Binding.REQUIRE && !tied) {
            return new Untied("the server let us in without it");
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
        boolean offered = request.mechanisms().contains(MECHANISM_PLUS);
        if (offered && secured == null) {
            throw new ProtocolViolation(
                    "the server offers to tie the login to TLS, which is not there");
        }
        var ours =
                wanted == Binding.DISABLE || secured == null
                        ? List.<EndPoint>of()
                        : secured.bindings();
        if (offered && !ours.isEmpty()) {
            tied = true;
            return scram(MECHANISM_PLUS, ours.getFirst());
        }
        if (wanted == Binding.REQUIRE) {
            return new Untied(
                    secured == null
                            ? "it is not encrypted"
                            : offered
                                    ? "the server's certificate has a signature without a digest"
                                    : "the server does not offer it");
        }
        return request.mechanisms().contains(MECHANISM)
                ? scram(MECHANISM, new ChannelBinding.Unbound(!ours.isEmpty()))
                : new Impossible(String.join(" or ", request.mechanisms()));
    }

    private Step scram(String mechanism, ChannelBinding binding) {
        return switch (login.secret()) {
            case Secret.Clear _ -> begin(mechanism, binding);
            case Secret.ScramVerifier _, Secret.Md5Hash _, Secret.Absent _ ->
                    login.keys().hasLearntKeys()
                            ? begin(mechanism, binding)
                            : new Impossible(mechanism);
        };
    }

    private Step begin(String mechanism, ChannelBinding binding) {
        way = UserKeys.Way.SCRAM;
        begun = true;
        scram = new ScramClient(binding);
        var first = scram.clientFirst();
        return new Reply(out -> Requests.saslInitialResponse(out, mechanism, first));
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
