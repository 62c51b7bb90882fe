package dev.pointsman.core.session.clock;

/// What a session spends its time with, as far as a limit applies to it.
public enum Doing {
    /// Between transactions, and nothing has come.
    IDLE,
    /// In a transaction; the server waits for the client.
    IDLE_IN_TRANSACTION,
    /// In a transaction; the client waits for the server.
    RUNNING,
    /// At the gate, for which no limit of these applies, or over.
    OTHER
}
