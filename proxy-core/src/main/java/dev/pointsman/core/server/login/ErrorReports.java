package dev.pointsman.core.server.login;

import dev.pointsman.core.wire.ErrorCode;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.SqlState;
import dev.pointsman.core.wire.message.ServerMessage;

/// What clients are told when a server cannot be had.
public final class ErrorReports {
    private ErrorReports() {}

    static ErrorReport unreachable(ServerLogin login, String cause) {
        return ErrorReport.fatal(SqlState.CANNOT_CONNECT_NOW, "cannot connect to " + login.where())
                .withDetail(cause)
                .withHint(
                        "Check that the server runs and accepts connections, and host and port in"
                                + " the configuration.");
    }

    static ErrorReport tooSlow(ServerLogin login, String phase) {
        return ErrorReport.fatal(
                        SqlState.CANNOT_CONNECT_NOW,
                        login.where() + " did not answer in time while " + phase)
                .withHint(
                        "Check the server's load and the network, or raise"
                                + " server_connect_timeout.");
    }

    /// The server's own words, with who said them.
    static ErrorReport refused(ServerLogin login, ServerMessage message) {
        String code = message.sqlState();
        String who =
                "%s refused the login of user \"%s\" to database \"%s\"."
                        .formatted(login.where(), login.user(), login.server().dbname());
        return ErrorReport.fatal(
                        code.length() == 5
                                ? new ErrorCode.OfServer(code)
                                : SqlState.CANNOT_CONNECT_NOW,
                        message.message())
                .withDetail(message.detail().isEmpty() ? who : who + " " + message.detail())
                .withHint(
                        message.hint().isEmpty()
                                ? "Check user, password and database of this server in the"
                                        + " proxy's configuration, and the server's pg_hba.conf."
                                : message.hint());
    }

    static ErrorReport cannotProve(ServerLogin login, String how) {
        return ErrorReport.fatal(
                        SqlState.CANNOT_CONNECT_NOW,
                        "%s wants user \"%s\" to log in by %s"
                                .formatted(login.where(), login.user(), how))
                .withDetail("The configuration holds nothing that can prove this.")
                .withHint(
                        "Give the user's password in clear (or by file or command) for this"
                                + " server.");
    }

    public static ErrorReport lost(ServerLogin login, String how) {
        return ErrorReport.fatal(
                        SqlState.CONNECTION_FAILURE,
                        "the connection to " + login.where() + " was lost")
                .withDetail(how)
                .withHint("Connect again.");
    }
}
