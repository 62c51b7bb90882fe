package dev.pointsman.core.session;

import dev.pointsman.core.session.clock.Overrun;

import java.util.Locale;

/// Why a session ended: one word each, in the log line `session ended` and in metrics.
public enum EndReason {
    /// The client said goodbye.
    TERMINATED,
    /// The client's connection broke or was closed without a goodbye.
    CLIENT_GONE,
    /// The client sent bytes that are not the protocol.
    CLIENT_VIOLATION,
    /// The server connection was lost and the session could not go on without it.
    SERVER_GONE,
    /// No server connection could be had.
    SERVER_REFUSED,
    /// The client was held for longer than `query_wait_timeout`.
    HELD_TOO_LONG,
    /// A statement ran for longer than `query_timeout`.
    QUERY_TOO_LONG,
    /// The client was silent between transactions for longer than `client_idle_timeout`.
    IDLE_TOO_LONG,
    /// The client was silent in a transaction for longer than `idle_transaction_timeout`.
    IDLE_IN_TRANSACTION,
    /// The transaction took longer than `transaction_timeout`.
    TRANSACTION_TOO_LONG,
    /// The session had state that cannot be carried to another server.
    NOT_CARRIED,
    /// It has left something on its server connection, and too many others have, too.
    TOO_MANY_PINNED,
    /// An operator ended it.
    KILLED,
    /// The proxy is shutting down.
    SHUTDOWN,
    /// A fault of the proxy's own.
    FAULT;

    /// The end that a limit of time leads to.
    static EndReason of(Overrun overrun) {
        return switch (overrun) {
            case QUERY -> QUERY_TOO_LONG;
            case CLIENT_IDLE -> IDLE_TOO_LONG;
            case IDLE_TRANSACTION -> IDLE_IN_TRANSACTION;
            case TRANSACTION -> TRANSACTION_TOO_LONG;
        };
    }

    /// As logs and metrics spell it.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
