package dev.pointsman.core.session.relay;

import dev.pointsman.core.config.Server;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.SqlState;
import dev.pointsman.core.wire.message.ServerMessage;

/// What a session tells its client on its own.
public final class SessionErrors {
    private SessionErrors() {}

    public static ErrorReport takenBack() {
        return ErrorReport.error(
                        SqlState.SERIALIZATION_FAILURE,
                        "the transaction was rolled back for a cutover to another server")
                .withHint("Run the transaction again.");
    }

    public static ErrorReport cancelledWhileHeld() {
        return ErrorReport.error(
                SqlState.QUERY_CANCELED, "canceling statement due to user request; it was not run");
    }

    /// `byOperator`: this session; otherwise the whole proxy.
    public static ErrorReport ended(boolean byOperator) {
        return ErrorReport.fatal(
                        SqlState.ADMIN_SHUTDOWN,
                        byOperator
                                ? "the session was ended by an operator"
                                : "the proxy is shutting down")
                .withHint("Connect again.");
    }

    /// A session ends since what it has on the server that was left cannot be had.
    ///
    /// @param server where the database is served now; empty where that is not known yet
    public static ErrorReport notCarried(String server, String what) {
        return ErrorReport.fatal(
                        SqlState.ADMIN_SHUTDOWN,
                        "the database moved to "
                                + (server.isEmpty() ? "another server" : "server " + server)
                                + ", and this session cannot be carried there: "
                                + what)
                .withDetail("The query that was waiting was not run.")
                .withHint("Connect again.");
    }

    public static ErrorReport settingsFailed(ServerMessage error) {
        return ErrorReport.fatal(
                        SqlState.TRANSACTION_RESOLUTION_UNKNOWN,
                        "the session's settings could not be carried to a server connection")
                .withDetail("The server said: " + error.summary())
                .withHint("Connect again, and check whether the last statement took effect.");
    }

    /// The server connection was lost without a word of the server's.
    public static ErrorReport serverLost(Server server, boolean outcomeUnknown) {
        String where = server.name() + " (" + server.host() + ":" + server.port() + ")";
        return outcomeUnknown
                ? ErrorReport.fatal(
                                SqlState.TRANSACTION_RESOLUTION_UNKNOWN,
                                "the connection to server "
                                        + where
                                        + " was lost during a statement"
                                        + " that may have been committed")
                        .withHint("Connect again, and check whether the statement took effect.")
                : ErrorReport.fatal(
                                SqlState.CONNECTION_FAILURE,
                                "the connection to server " + where + " was lost")
                        .withDetail("A transaction that was open has been rolled back.")
                        .withHint("Connect again, and run the transaction again.");
    }
}
