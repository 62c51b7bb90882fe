package dev.pointsman.core.listen.login;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Config.AuthType;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.User;
import dev.pointsman.core.wire.auth.Md5;
import dev.pointsman.core.wire.auth.MockVerifiers;
import dev.pointsman.core.wire.auth.ScramVerifier;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/// How each user can prove a password. What is slow about it is done when the configuration is
/// read, and again, on a virtual thread, when a password has changed since. Any thread.
public final class Credentials {
    private record Way(String user, AuthType type) {}

    private record Entry(Secret secret, Instant validUntil, Demand demand) {}

    private static final Executor VIRTUAL = Thread::startVirtualThread;

    private final MockVerifiers mocks = new MockVerifiers();
    private final Map<Way, Entry> entries = new ConcurrentHashMap<>();

    /// Prepares for every user of a configuration whose password is not prepared for yet, and
    /// forgets who is not in it. Slow.
    public void prepare(Config config) {
        entries.keySet().removeIf(known -> !config.users().containsKey(known.user()));
        for (var way : List.of(AuthType.MD5, AuthType.SCRAM_SHA_256)) {
            if (config.auth().uses(way)) {
                config.users().values().forEach(user -> prepare(user, way));
            }
        }
    }

    /// What this user of the configuration has to answer to; completed at once unless the password
    /// has just changed. A user that there is not gets a demand that nobody can meet.
    ///
    /// @param type [AuthType#MD5] or [AuthType#SCRAM_SHA_256]
    CompletableFuture<Demand> of(String name, AuthType type, Config config) {
        User user = config.users().get(name);
        if (user == null) {
            return CompletableFuture.completedFuture(impossible(name, type));
        }
        Entry known = entries.get(new Way(name, type));
        if (known != null && isOf(known, user)) {
            return CompletableFuture.completedFuture(known.demand());
        }
        return CompletableFuture.supplyAsync(() -> prepare(user, type), VIRTUAL);
    }

    private static boolean isOf(Entry known, User user) {
        return known.secret().equals(user.secret()) && known.validUntil().equals(user.validUntil());
    }

    private Demand prepare(User user, AuthType type) {
        Entry known = entries.get(new Way(user.name(), type));
        if (known != null && isOf(known, user)) {
            return known.demand();
        }
        Secret secret = user.secret();
        Demand demand = demand(user.name(), secret, type, user.validUntil());
        entries.put(new Way(user.name(), type), new Entry(secret, user.validUntil(), demand));
        return demand;
    }

    /// What somebody has to answer to of whom only this is stored, and until then.
    Demand stored(String user, Secret secret, AuthType type, Instant until) {
        return demand(user, secret, type, until);
    }

    private Demand demand(String user, Secret secret, AuthType type, Instant until) {
        return switch (secret) {
            case Secret.Clear(var password) when password.isEmpty() -> impossible(user, type);
            case Secret.Clear(var password) ->
                    type == AuthType.MD5
                            ? new Demand.Md5Answer(Md5.hash(password, user), until)
                            : new Demand.ScramProof(ScramVerifier.of(password), until);
            case Secret.Md5Hash(var hash) ->
                    type == AuthType.MD5
                            ? new Demand.Md5Answer(hash, until)
                            : impossible(user, type);
            case Secret.ScramVerifier(var text) -> scram(user, text, type, until);
            case Secret.Absent() -> impossible(user, type);
        };
    }

    private Demand scram(String user, String text, AuthType type, Instant until) {
        return ScramVerifier.parse(text)
                .<Demand>map(verifier -> new Demand.ScramProof(verifier, until))
                .orElseGet(() -> impossible(user, type));
    }

    /// Looks like the others', but nothing meets it.
    Demand impossible(String user, AuthType type) {
        return type == AuthType.MD5
                ? new Demand.Md5Answer(Md5.hash(mocks.of(user).text(), user), Instant.MAX)
                : new Demand.ScramProof(mocks.of(user), Instant.MAX);
    }
}
