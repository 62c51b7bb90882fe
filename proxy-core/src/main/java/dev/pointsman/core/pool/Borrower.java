package dev.pointsman.core.pool;

import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.wire.ErrorReport;

/// Whoever waits for a server connection. Exactly one of the two is called, once, on the event
/// loop, unless the borrowing is cancelled before.
public interface Borrower {
    /// The connection is the borrower's until it gives it back.
    void onServer(ServerConnection connection);

    /// No connection can be had; the report is fit for a client.
    void onRefused(ErrorReport why);
}
