package dev.pointsman.core.server.login;

import dev.pointsman.core.tls.TlsFault;
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

    static ErrorReport noTls(ServerLogin login) {
        return ErrorReport.fatal(
                        SqlState.CANNOT_CONNECT_NOW,
                        login.where()
                                + " speaks no TLS, and sslmode is "
                                + login.server().tls().mode().text())
                .withHint("Turn ssl on at the server, or write another sslmode for it.");
    }

    static ErrorReport tls(ServerLogin login, TlsFault fault) {
        return ErrorReport.fatal(SqlState.CANNOT_CONNECT_NOW, login.where() + ": " + fault.what())
                .withHint(fault.mend());
    }

    static ErrorReport unencrypted(ServerLogin login) {
        return ErrorReport.fatal(
                        SqlState.PROTOCOL_VIOLATION,
                        login.where() + " sent unencrypted data behind its answer about TLS")
                .withHint(
                        "Somebody between the proxy and the server may have put it there: look into"
                                + " the network.");
    }

    static ErrorReport noAnswer(ServerLogin login, char answer) {
        return ErrorReport.fatal(
                        SqlState.CANNOT_CONNECT_NOW,
                        login.where()
                                + " answered the request for TLS with "
                                + (answer == 'E' ? "an error" : "something else"))
                .withHint(
                        "See the server's log, and that host and port lead to a PostgreSQL"
                                + " server.");
    }

    static ErrorReport untied(ServerLogin login, String how) {
        return ErrorReport.fatal(
                        SqlState.CANNOT_CONNECT_NOW,
                        "the login to %s cannot be tied to the TLS connection: %s"
                                .formatted(login.where(), how))
                .withHint(
                        "channel_binding: require takes TLS and a SCRAM password at the server;"
                                + " write channel_binding: prefer to do without where it cannot"
                                + " be.");
    }

    public static ErrorReport lost(ServerLogin login, String how) {
        return ErrorReport.fatal(
                        SqlState.CONNECTION_FAILURE,
                        "the connection to " + login.where() + " was lost")
                .withDetail(how)
                .withHint("Connect again.");
    }
}
