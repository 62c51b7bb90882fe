package dev.pointsman.core.listen;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Config.AuthType;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.User;
import dev.pointsman.core.wire.auth.Md5;
import dev.pointsman.core.wire.auth.MockVerifiers;
import dev.pointsman.core.wire.auth.ScramVerifier;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/// How each user can prove a password. What is slow about it is done when the configuration is
/// read, and again, on a virtual thread, when a password has changed since. Any thread.
public final class Credentials {
    /// What a client has to answer to.
    sealed interface Demand {
        record Nothing() implements Demand {}

        record Md5Answer(String hash) implements Demand {}

        record ScramProof(ScramVerifier verifier) implements Demand {}
    }

    private record Entry(Secret secret, AuthType type, Demand demand) {}

    private static final Executor VIRTUAL = Thread::startVirtualThread;

    private final MockVerifiers mocks = new MockVerifiers();
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();

    /// Prepares for every user of a configuration. Slow.
    public void prepare(Config config) {
        config.users().values().forEach(user -> prepare(user, config.auth().type()));
    }

    /// What this user has to answer to; completed at once unless the password has just changed. A
    /// user that there is not gets a demand that nobody can meet.
    CompletableFuture<Demand> of(String name, Config config) {
        AuthType type = config.auth().type();
        User user = config.users().get(name);
        if (user == null) {
            return CompletableFuture.completedFuture(impossible(name, type));
        }
        Entry known = entries.get(name);
        if (known != null && known.type() == type && known.secret().equals(user.secret())) {
            return CompletableFuture.completedFuture(known.demand());
        }
        return CompletableFuture.supplyAsync(() -> prepare(user, type), VIRTUAL);
    }

    private Demand prepare(User user, AuthType type) {
        Secret secret = user.secret();
        Demand demand = demand(user.name(), secret, type);
        entries.put(user.name(), new Entry(secret, type, demand));
        return demand;
    }

    private Demand demand(String user, Secret secret, AuthType type) {
        if (type == AuthType.TRUST) {
            return new Demand.Nothing();
        }
        return switch (secret) {
            case Secret.Clear(var password) when password.isEmpty() -> impossible(user, type);
            case Secret.Clear(var password) ->
                    type == AuthType.MD5
                            ? new Demand.Md5Answer(Md5.hash(password, user))
                            : new Demand.ScramProof(ScramVerifier.of(password));
            case Secret.Md5Hash(var hash) ->
                    type == AuthType.MD5 ? new Demand.Md5Answer(hash) : impossible(user, type);
            case Secret.ScramVerifier(var text) ->
                    ScramVerifier.parse(text)
                            .<Demand>map(Demand.ScramProof::new)
                            .orElseGet(() -> impossible(user, type));
            case Secret.Absent() -> impossible(user, type);
        };
    }

    /// Looks like the others', but nothing meets it.
    private Demand impossible(String user, AuthType type) {
        return type == AuthType.MD5
                ? new Demand.Md5Answer(Md5.hash(mocks.of(user).text(), user))
                : new Demand.ScramProof(mocks.of(user));
    }
}
