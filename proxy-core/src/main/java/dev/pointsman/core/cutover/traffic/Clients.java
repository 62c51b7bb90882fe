package dev.pointsman.core.cutover.traffic;

import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// The clients of each database, as far as a run concerns them: the data path's sessions, seen
/// through what the proxy hands in. Any thread.
public interface Clients {
    int count(String database);

    /// Ends those that hold what cannot change servers behind a closed gate; completes with how
    /// many.
    ///
    /// @param lockHolders pids of server processes that hold advisory locks
    CompletableFuture<Integer> endUncarriable(String database, Set<Integer> lockHolders);

    /// Begins to move the idle ones to the server that serves now.
    void carryOver(String database);

    /// Nobody is there.
    Clients NONE =
            new Clients() {
                @Override
                public int count(String database) {
                    return 0;
                }

                @Override
                public CompletableFuture<Integer> endUncarriable(
                        String database, Set<Integer> lockHolders) {
                    return CompletableFuture.completedFuture(0);
                }

                @Override
                public void carryOver(String database) {}
            };
}
