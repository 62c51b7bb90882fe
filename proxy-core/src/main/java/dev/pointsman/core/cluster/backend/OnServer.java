package dev.pointsman.core.cluster.backend;

import java.sql.SQLException;

/// What a control connection failed with, and on which server: neither a driver that lost its
/// connection nor a server that ended it says whose it was.
public final class OnServer extends SQLException {
    private static final long serialVersionUID = 1L;

    private OnServer(String message, SQLException cause) {
        super(message, cause.getSQLState(), cause);
    }

    /// `cause` with the name of its server, if it does not say one already.
    public static SQLException named(String server, SQLException cause) {
        if (cause instanceof OnServer) {
            return cause;
        }
        var text = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        if (text.contains("server " + server)) {
            return cause;
        }
        var line = text.lines().findFirst().orElse(text).replaceFirst("^(ERROR|FATAL): ", "");
        var lost = isLost(cause) ? "the control connection was lost: " : "";
        return new OnServer("server " + server + ": " + lost + line, cause);
    }

    /// Whether the connection is gone, by the network's doing or the server's.
    public static boolean isLost(SQLException cause) {
        var state = String.valueOf(cause.getSQLState());
        return state.startsWith("08") || state.startsWith("57P");
    }
}
