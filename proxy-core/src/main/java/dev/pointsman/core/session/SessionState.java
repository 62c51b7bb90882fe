package dev.pointsman.core.session;

import java.util.Locale;

/// Where a session stands between its transactions and in them.
///
/// ```
///            first message          gate open, server connection lent
///   IDLE ─────────────────► asks ──────────────────────────────────► INSIDE
///    ▲                       │ closed: HELD    no connection: WAITING    │
///    │                       │ (session mode) wrong server: MOVING       │
///    │                       └── each of them asks the gate again ──┐    │
///    │                                                              │    │
///    └── ReadyForQuery(I), nothing pipelined, no message cut ───────┴────┘
///                      ENDING: a cutover takes the transaction back
///                      ENDED:  the client is gone
/// ```
public enum SessionState {
    /// Between transactions.
    IDLE,
    /// At the closed gate.
    HELD,
    /// At the gate, which was open, until the pool has a server connection.
    WAITING,
    /// At the gate while its session is carried to another server.
    MOVING,
    /// In a transaction, with a server connection.
    INSIDE,
    /// Inside, its transaction over or being rolled back for a cutover, until the server connection
    /// is in order.
    GIVING_UP,
    /// Over.
    ENDED;

    /// As `SHOW CLIENTS` and metrics spell it.
    public String word() {
        return switch (this) {
            case IDLE -> "idle";
            case HELD, WAITING, MOVING -> "waiting";
            case INSIDE, GIVING_UP -> "active";
            case ENDED -> name().toLowerCase(Locale.ROOT);
        };
    }
}
