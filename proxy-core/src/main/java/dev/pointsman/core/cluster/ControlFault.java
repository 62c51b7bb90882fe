package dev.pointsman.core.cluster;

import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.tls.Identity;
import dev.pointsman.core.tls.TlsFault;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import java.sql.SQLException;

/// Turns what a driver or a server said into a refusal that says what, where and how to mend it.
final class ControlFault {
    /// The driver's state for a login that it cannot answer.
    private static final String LOGIN = "08004";

    private ControlFault() {}

    static Refused refused(ControlAddress to, SQLException cause) {
        var root = rootOf(cause);
        var state = root.getSQLState() == null ? "" : root.getSQLState();
        var fault = TlsFault.of(root, to.tls().settings(), to.server().host());
        var message = to + ": " + fault.map(TlsFault::what).orElseGet(() -> firstLine(root));
        var report = ErrorReport.error(SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, message);
        var refused =
                new Refused(
                        report.withHint(
                                fault.map(TlsFault::mend)
                                        .orElseGet(() -> hint(to, root) + ofOurs(to, state))));
        refused.initCause(cause);
        return refused;
    }

    /// A server that does not accept a certificate may be gone before its reason has been read.
    private static String ofOurs(ControlAddress to, String state) {
        return switch (to.tls().settings().identity()) {
            case Identity.Own _ when state.startsWith("08") ->
                    " It may also not accept our certificate (sslcert): the server's log says so.";
            case Identity.Own _, Identity.None _ -> "";
        };
    }

    /// A pool's time-out hides why no connection could be made.
    private static SQLException rootOf(SQLException cause) {
        var at = cause;
        while (at.getCause() instanceof SQLException deeper) {
            at = deeper;
        }
        return at;
    }

    private static String firstLine(SQLException cause) {
        var text = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return text.lines().findFirst().orElse(text).replaceFirst("^(ERROR|FATAL): ", "");
    }

    /// Whether the server has no TLS; the driver has one state for this and for a login that it
    /// cannot answer, and its words depend on the locale.
    static boolean isWithoutTls(SQLException cause) {
        return LOGIN.equals(cause.getSQLState())
                && String.valueOf(cause.getMessage()).contains("SSL");
    }

    private static String hint(ControlAddress to, SQLException root) {
        if (isWithoutTls(root)) {
            return "Turn ssl on at the server, or write another sslmode for it.";
        }
        if (LOGIN.equals(root.getSQLState())) {
            return switch (to.server().control().secret()) {
                case Secret.Absent _ ->
                        "The server wants a password: give control.password of this server in the"
                                + " configuration.";
                case Secret.Clear _, Secret.ScramVerifier _, Secret.Md5Hash _ ->
                        "Let the control user in by a password or a certificate (scram-sha-256,"
                                + " cert in pg_hba.conf), and see that control.password of this"
                                + " server in the configuration is not empty.";
            };
        }
        return hint(to, root.getSQLState() == null ? "" : root.getSQLState());
    }

    private static String hint(ControlAddress to, String state) {
        if (state.startsWith("08")) {
            return "Check that the server runs, that host and port in the configuration are right,"
                    + " and that a firewall lets us through.";
        }
        return switch (state) {
            // No default of a role or a database makes our sessions read-only.
            case "25006" ->
                    "The server is a standby: give the address of its primary, or promote it.";
            case "28P01" ->
                    "Check control.user and control.password of this server in the configuration.";
            case "28000" ->
                    "Let the control user in: a line in pg_hba.conf, and the role must have LOGIN;"
                            + " where the server wants encryption, sslmode of this server in the"
                            + " configuration must allow it.";
            case "3D000" ->
                    "Check dbname of this server in the configuration, or create it: CREATE DATABASE %s"
                            .formatted(Sql.identifier(to.dbname()));
            case "42501" ->
                    "Give the control user the right: `pointsman grants` prints the SQL for it.";
            case "53300" -> "Raise max_connections, or end sessions that are not needed.";
            case "57P03" -> "The server is starting up or shutting down: try again.";
            case "57014" -> "The statement took too long: see what the server waits for.";
            case "55P03" -> "A lock was not free: see pg_locks for who holds it.";
            case "0A000" -> "The server's configuration does not allow this: see its log.";
            default -> "";
        };
    }
}
