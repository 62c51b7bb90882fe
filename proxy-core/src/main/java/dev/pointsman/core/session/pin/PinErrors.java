package dev.pointsman.core.session.pin;

import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.SqlState;

/// What a client is told that would keep one server connection too many.
public final class PinErrors {
    private PinErrors() {}

    /// `over`: it was run, and what it has left is lost with the session.
    public static ErrorReport tooMany(boolean over) {
        String what =
                "as many server connections stay with clients that have left something there as"
                        + " max_pinned allows";
        return (over
                        ? ErrorReport.fatal(
                                        SqlState.TOO_MANY_CONNECTIONS,
                                        "the session cannot keep what its last transaction has"
                                                + " left: "
                                                + what)
                                .withDetail(
                                        "The transaction itself is over, as the client was told.")
                        : ErrorReport.error(
                                SqlState.TOO_MANY_CONNECTIONS,
                                "the statement would keep a server connection for this client: "
                                        + what))
                .withHint(
                        "Do without it (SET LOCAL, pg_advisory_xact_lock, ON COMMIT DROP), or raise"
                                + " pool.max_pinned, or set pool: {mode: session}.");
    }
}
