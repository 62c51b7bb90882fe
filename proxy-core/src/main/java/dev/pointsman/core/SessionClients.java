package dev.pointsman.core;

import dev.pointsman.core.cutover.traffic.Clients;
import dev.pointsman.core.session.SessionRegistry;

import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// The sessions of the data path, as cutovers see them.
record SessionClients(SessionRegistry sessions) implements Clients {
    @Override
    public int count(String database) {
        return (int)
                sessions.snapshot().stream().filter(row -> row.database().equals(database)).count();
    }

    @Override
    public CompletableFuture<Integer> endUncarriable(String database, Set<Integer> lockHolders) {
        return sessions.endUncarriable(database, lockHolders);
    }

    @Override
    public void carryOver(String database) {
        sessions.carryOver(database);
    }
}
