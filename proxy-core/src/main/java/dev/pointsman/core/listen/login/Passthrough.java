package dev.pointsman.core.listen.login;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.access.Applicant;
import dev.pointsman.core.server.keys.Keyring;
import dev.pointsman.core.server.keys.UserKeys;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.SqlState;
import dev.pointsman.core.wire.auth.MockVerifiers;
import dev.pointsman.core.wire.auth.ScramVerifier;

import io.netty.channel.EventLoop;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Proofs by the password itself: the serving server is asked once whether it lets the user in with
/// it, and for a while the answer is remembered in the form of a verifier. Another password,
/// another serving server, or a refusal by the server in between has it asked again.
///
/// Each password is asked about once at a time, a few passwords at a time, and addresses that bring
/// wrong ones have to wait. While servers may not be asked, who is known goes on being known, and
/// others wait. Any thread; never blocks.
final class Passthrough {
    private static final int TESTS_AT_ONCE = 8;
    private static final int USERS_MAX = 20_000;
    private static final long LONGEST_DELAY = TimeUnit.SECONDS.toNanos(10);

    private record Owner(String database, String user) {}

    private record Attempt(Owner owner, Secret.Clear password) {}

    /// What is remembered of an answer.
    private record Known(ScramVerifier verifier, String server, long at, int refusals) {}

    private final Supplier<Config> config;
    private final Servers servers;
    private final Keyring keyring;
    private final LongSupplier clock;
    private final Doorstep doorstep;
    private final Enrolment enrolment;
    private final Guesses guesses;
    private final MockVerifiers mocks = new MockVerifiers();
    private final Turnstile turnstile = new Turnstile(TESTS_AT_ONCE);
    private final Map<Owner, Known> known = new ConcurrentHashMap<>();
    private final Map<Attempt, CompletableFuture<Verdict>> underWay = new ConcurrentHashMap<>();

    Passthrough(Supplier<Config> config, Servers servers, Keyring keyring, LongSupplier clock) {
        this.config = config;
        this.servers = servers;
        this.keyring = keyring;
        this.clock = clock;
        this.doorstep = new Doorstep(servers);
        this.guesses = new Guesses(clock);
        this.enrolment = new Enrolment(config, servers, keyring, clock);
    }

    /// Whether the client's password is right; completes on any thread. To be called on the loop.
    /// An unknown user costs the same work as a known one.
    CompletableFuture<Verdict> check(Applicant who, Secret.Clear password, EventLoop loop) {
        Owner owner = new Owner(who.database(), who.user());
        if (password.password().isEmpty() || servers.serving(who.database()).isEmpty()) {
            return completed(new Verdict.Rejected("no password, or no such database"));
        }
        Known remembered = known.get(owner);
        ScramVerifier verifier = remembered == null ? mocks.of(who.user()) : remembered.verifier();
        boolean shut = servers.shut(who.database(), loop).isPresent();
        return CompletableFuture.supplyAsync(
                        () -> verifier.matches(password.password()), keyring.derivations())
                .thenCompose(
                        same -> {
                            if (same
                                    && remembered != null
                                    && (shut || isFresh(owner, remembered))) {
                                enrolment.begin(who, password, loop);
                                return completed(new Verdict.Accepted());
                            }
                            return whenOpen(who, password, loop);
                        });
    }

    private boolean isFresh(Owner owner, Known remembered) {
        long age = clock.getAsLong() - remembered.at();
        return age < config.get().auth().cache().toNanos()
                && servers.serving(owner.database()).filter(remembered.server()::equals).isPresent()
                && keyring.of(owner.database(), owner.user()).refusals() == remembered.refusals();
    }

    private CompletableFuture<Verdict> whenOpen(
            Applicant who, Secret.Clear password, EventLoop loop) {
        var limit = config.get().database(who.database()).limits().times().queryWait();
        return doorstep.open(who.database(), loop, limit)
                .thenCompose(
                        why ->
                                why.isPresent()
                                        ? completed(new Verdict.Unknown(why.get()))
                                        : once(who, password, loop));
    }

    private CompletableFuture<Verdict> once(Applicant who, Secret.Clear password, EventLoop loop) {
        Attempt attempt = new Attempt(new Owner(who.database(), who.user()), password);
        CompletableFuture<Verdict> promise = new CompletableFuture<>();
        CompletableFuture<Verdict> earlier = underWay.putIfAbsent(attempt, promise);
        if (earlier != null) {
            return earlier;
        }
        queue(who, password, loop, promise);
        return promise.whenComplete((_, _) -> underWay.remove(attempt));
    }

    private void queue(
            Applicant who,
            Secret.Clear password,
            EventLoop loop,
            CompletableFuture<Verdict> promise) {
        turnstile.enter(
                () -> {
                    if (guesses.begin(who.address())) {
                        ask(who, password, loop)
                                .whenComplete(
                                        (verdict, failure) -> {
                                            turnstile.leave();
                                            promise.complete(
                                                    verdict != null ? verdict : fault(failure));
                                        });
                        return;
                    }
                    turnstile.leave();
                    long delay = guesses.delay(who.address());
                    if (delay > LONGEST_DELAY) {
                        promise.complete(
                                new Verdict.Rejected("too many wrong passwords from this address"));
                    } else {
                        loop.schedule(
                                () -> queue(who, password, loop, promise),
                                delay,
                                TimeUnit.NANOSECONDS);
                    }
                });
    }

    private CompletableFuture<Verdict> ask(Applicant who, Secret.Clear password, EventLoop loop) {
        Owner owner = new Owner(who.database(), who.user());
        Optional<String> serving = servers.serving(who.database());
        if (serving.isEmpty()) {
            return completed(new Verdict.Rejected("there is no such database any more"));
        }
        String server = serving.get();
        int refusals = keyring.of(owner.database(), owner.user()).refusals();
        return servers.test(who.database(), server, who.user(), password, loop)
                .thenComposeAsync(
                        answer ->
                                switch (answer) {
                                    case Servers.Answer.LetIn(var keys) -> {
                                        guesses.right(who.address());
                                        if (keys.way() != UserKeys.Way.UNASKED) {
                                            enrolment.begin(who, password, loop);
                                        }
                                        yield letIn(owner, password, keys, server, refusals);
                                    }
                                    case Servers.Answer.Refused(var words) ->
                                            completed(new Verdict.Rejected(words));
                                    case Servers.Answer.Silent(var why) -> {
                                        guesses.right(who.address());
                                        yield completed(new Verdict.Unknown(why));
                                    }
                                },
                        keyring.derivations());
    }

    /// The server knows the password. Slow: makes the verifier.
    private CompletableFuture<Verdict> letIn(
            Owner owner, Secret.Clear password, UserKeys needed, String server, int refusals) {
        if (needed.way() == UserKeys.Way.UNASKED) {
            return completed(new Verdict.Unknown(unasked(server, owner.user())));
        }
        keyring.of(owner.database(), owner.user()).learnFrom(needed, owner.user(), password);
        if (known.size() >= USERS_MAX) {
            known.values().removeIf(one -> !isRecent(one));
        }
        ScramVerifier verifier = ScramVerifier.of(password.password());
        known.put(owner, new Known(verifier, server, clock.getAsLong(), refusals));
        return completed(new Verdict.Accepted());
    }

    private boolean isRecent(Known one) {
        return clock.getAsLong() - one.at() < config.get().auth().cache().toNanos();
    }

    private static Verdict fault(Throwable failure) {
        return new Verdict.Unknown(
                ErrorReport.fatal(
                                SqlState.INTERNAL_ERROR,
                                "the password could not be tested: " + failure.getClass().getName())
                        .withHint("The proxy's log says more."));
    }

    private static ErrorReport unasked(String server, String user) {
        return ErrorReport.fatal(
                        SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                        "server %s lets user \"%s\" in without a password, so that it cannot test one"
                                .formatted(server, user))
                .withHint(
                        "Have the server ask the proxy's address for passwords (scram-sha-256 in"
                                + " its pg_hba.conf), or choose another method than passthrough.");
    }

    private static <T> CompletableFuture<T> completed(T value) {
        return CompletableFuture.completedFuture(value);
    }
}
