package dev.pointsman.core.server.keys;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// The [UserKeys] of every user of every database, bounded: who was not used for longest goes.
///
/// Keys are derived on few threads of their own, so that a crowd of logins at once leaves the event
/// loops their share of the processors. Any thread; never blocks.
public final class Keyring implements AutoCloseable {
    /// More users than a proxy has; a bound all the same.
    private static final int USERS_MAX = 20_000;

    private record Owner(String database, String user) {}

    private final Map<Owner, UserKeys> users = new ConcurrentHashMap<>();
    private final ExecutorService derivations =
            Executors.newFixedThreadPool(
                    Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
                    Thread.ofPlatform().daemon().name("scram-keys-", 0).factory());

    /// What this user of this database has to show; empty-handed at first.
    public UserKeys of(String database, String user) {
        Owner owner = new Owner(database, user);
        UserKeys known = users.get(owner);
        if (known != null) {
            return known;
        }
        if (users.size() >= USERS_MAX) {
            dropOldest();
        }
        return users.computeIfAbsent(owner, _ -> new UserKeys(derivations));
    }

    /// Where what is slow about passwords is computed.
    public ExecutorService derivations() {
        return derivations;
    }

    private void dropOldest() {
        users.entrySet().stream()
                .min(
                        (one, other) ->
                                Long.signum(one.getValue().usedAt() - other.getValue().usedAt()))
                .ifPresent(oldest -> users.remove(oldest.getKey(), oldest.getValue()));
    }

    @Override
    public void close() {
        derivations.shutdown();
    }
}
