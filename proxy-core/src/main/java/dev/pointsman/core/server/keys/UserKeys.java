package dev.pointsman.core.server.keys;

import dev.pointsman.core.config.Secret;
import dev.pointsman.core.wire.auth.Md5;
import dev.pointsman.core.wire.auth.ScramClient;
import dev.pointsman.core.wire.auth.ScramKeys;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// What one user of one database proves itself with to servers, besides what the configuration
/// says: SCRAM keys that were derived of a password, each once, and what was learnt when clients
/// proved themselves. A server asks with the same salt until the password changes, so a derived key
/// serves every later login.
///
/// Any thread; never blocks. As secret as passwords.
public final class UserKeys {
    /// One per server of the database would do; a changed password leaves an old one behind.
    private static final int KEPT = 8;

    /// How a server let somebody in.
    public enum Way {
        /// It asked for nothing, which proves nothing.
        UNASKED,
        CLEAR,
        MD5,
        SCRAM
    }

    /// Keys with what they came from; [Secret.Absent] when they were learnt.
    private record Kept(Secret from, ScramKeys keys) {}

    private record Wanted(Secret from, String salt, int iterations) {}

    private record State(Secret learnt, List<Kept> kept) {}

    private static final State EMPTY = new State(new Secret.Absent(), List.of());

    private final Executor derivations;
    private final AtomicReference<State> state = new AtomicReference<>(EMPTY);
    private final Map<Wanted, CompletableFuture<ScramKeys>> underWay = new ConcurrentHashMap<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private volatile Way way = Way.UNASKED;
    private volatile long usedAt = System.nanoTime();

    UserKeys(Executor derivations) {
        this.derivations = derivations;
    }

    /// Keys of nobody else's, derived on a thread of their own.
    public static UserKeys unshared() {
        return new UserKeys(Thread::startVirtualThread);
    }

    /// What to log in with: the configured secret if it proves anything to a server, otherwise what
    /// was learnt.
    public Secret orLearnt(Secret configured) {
        return switch (configured) {
            case Secret.Clear _, Secret.Md5Hash _ -> configured;
            case Secret.ScramVerifier _, Secret.Absent _ ->
                    state.get().learnt() instanceof Secret.Absent
                            ? configured
                            : state.get().learnt();
        };
    }

    /// Whether anything was learnt that could answer a SCRAM challenge.
    public boolean hasLearntKeys() {
        return state.get().kept().stream().anyMatch(kept -> kept.from() instanceof Secret.Absent);
    }

    /// The keys for a challenge, when they are at hand: derived of this secret, or learnt.
    public Optional<ScramKeys> fitting(Secret secret, ScramClient.Challenge challenge) {
        usedAt = System.nanoTime();
        for (Kept kept : state.get().kept()) {
            boolean ours = kept.from() instanceof Secret.Absent || kept.from().equals(secret);
            if (ours && kept.keys().fit(challenge)) {
                return Optional.of(kept.keys());
            }
        }
        return Optional.empty();
    }

    /// The keys for a challenge, derived elsewhere when need be; who asks for the same at the same
    /// time gets the same.
    public CompletableFuture<ScramKeys> derive(
            Secret.Clear secret, ScramClient.Challenge challenge) {
        Optional<ScramKeys> known = fitting(secret, challenge);
        if (known.isPresent()) {
            return CompletableFuture.completedFuture(known.get());
        }
        Wanted wanted =
                new Wanted(
                        secret, HexFormat.of().formatHex(challenge.salt()), challenge.iterations());
        CompletableFuture<ScramKeys> promise = new CompletableFuture<>();
        CompletableFuture<ScramKeys> earlier = underWay.putIfAbsent(wanted, promise);
        if (earlier != null) {
            return earlier;
        }
        derivations.execute(
                () -> {
                    try {
                        ScramKeys keys =
                                ScramKeys.derive(
                                        secret.password(),
                                        challenge.salt(),
                                        challenge.iterations());
                        keep(new Kept(secret, keys));
                        promise.complete(keys);
                    } catch (RuntimeException e) {
                        promise.completeExceptionally(e);
                    } finally {
                        underWay.remove(wanted);
                    }
                });
        return promise;
    }

    /// A client proved that it has these keys.
    public void learn(ScramKeys keys) {
        keep(new Kept(new Secret.Absent(), keys));
    }

    /// A client, or a server asked about it, gave what a server will take.
    public void learn(Secret secret) {
        state.updateAndGet(now -> new State(secret, now.kept()));
    }

    /// Takes over what another one, who was let in with `password`, needed for it: SCRAM keys where
    /// the server spoke SCRAM, an md5 hash where it spoke that, and only else the password itself.
    public void learnFrom(UserKeys other, String user, Secret.Clear password) {
        switch (other.way) {
            case UNASKED -> {}
            case SCRAM -> other.state.get().kept().forEach(kept -> learn(kept.keys()));
            case MD5 -> {
                if (!(state.get().learnt() instanceof Secret.Clear)) {
                    learn(new Secret.Md5Hash(Md5.hash(password.password(), user)));
                }
            }
            case CLEAR -> learn(password);
        }
    }

    /// How the last server let the user in.
    public Way way() {
        return way;
    }

    /// A server let the user in.
    public void letIn(Way by) {
        way = by;
    }

    /// The serving server refused the user: a password that was learnt is worth nothing any more,
    /// and clients have to prove themselves anew. SCRAM keys stay: they fit no other verifier.
    public void refused() {
        refusals.incrementAndGet();
        learn(new Secret.Absent());
    }

    /// How often the serving server has refused the user.
    public int refusals() {
        return refusals.get();
    }

    long usedAt() {
        return usedAt;
    }

    private void keep(Kept one) {
        state.updateAndGet(
                now -> {
                    List<Kept> all = new ArrayList<>();
                    all.add(one);
                    for (Kept other : now.kept()) {
                        if (all.size() < KEPT && !replaces(one, other)) {
                            all.add(other);
                        }
                    }
                    return new State(now.learnt(), List.copyOf(all));
                });
    }

    private static boolean replaces(Kept one, Kept other) {
        return one.keys().sameChallenge(other.keys()) && one.from().equals(other.from());
    }

    @Override
    public String toString() {
        return "UserKeys[hidden]";
    }
}
