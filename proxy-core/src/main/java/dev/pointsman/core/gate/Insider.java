package dev.pointsman.core.gate;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/// One session that was inside a gate when somebody asked. Readable on any thread.
public interface Insider {
    long sessionId();

    String user();

    String clientAddress();

    /// The process id of its server connection, as `pg_stat_activity` shows it.
    int serverPid();

    /// Whether its transaction is open with no statement running.
    boolean idleInTransaction();

    /// Whether its connection to the server was lost: the process there may still commit, and is
    /// waited for until `pg_stat_activity` does not show it any more.
    default boolean isLost() {
        return false;
    }

    /// What holds it inside, in a few words.
    default String doing() {
        if (isLost()) {
            return "its connection to the server lost, that process not seen to have ended";
        }
        return idleInTransaction() ? "idle in transaction" : "running";
    }

    /// When its transaction began.
    Instant since();

    /// Ends the transaction as the straggler policy `cancel` wants it; completes as the session
    /// leaves, with whether the transaction was given up. False: it came to its own end meanwhile.
    /// Callable from any thread.
    CompletableFuture<Boolean> cancel();
}
