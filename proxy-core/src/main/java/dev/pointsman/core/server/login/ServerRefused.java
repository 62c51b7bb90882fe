package dev.pointsman.core.server.login;

import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.SqlState;

/// A server could not be reached or did not let us in. Expected in operation, hence without a stack
/// trace; the report is fit to be sent to a client.
public final class ServerRefused extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient ErrorReport report;
    private final boolean byServer;

    public ServerRefused(ErrorReport report) {
        this(report, false);
    }

    ServerRefused(ErrorReport report, boolean byServer) {
        super(report.message(), null, false, false);
        this.report = report;
        this.byServer = byServer;
    }

    /// The refusal in a failed future's cause; anything else is a fault of our own.
    public static ServerRefused of(Throwable cause) {
        return cause instanceof ServerRefused refused
                ? refused
                : new ServerRefused(
                        ErrorReport.fatal(
                                SqlState.INTERNAL_ERROR,
                                "opening a server connection failed: " + cause));
    }

    /// The one of two refusals that says more, with the other's words: that no rule of the server's
    /// lets us in without encryption, or with it, says the least.
    ServerRefused after(ServerRefused former) {
        boolean byRule =
                report.sqlState()
                        .code()
                        .equals(SqlState.INVALID_AUTHORIZATION_SPECIFICATION.code());
        var told = byRule ? former : this;
        var other = byRule ? this : former;
        var detail = told.report.detail();
        return new ServerRefused(
                told.report.withDetail(
                        detail
                                + (detail.isEmpty() ? "" : " ")
                                + "The other way, with encryption or without: "
                                + other.report.message()),
                told.byServer);
    }

    /// This one, with the words of that from an address tried before.
    ServerRefused following(ServerRefused before) {
        var detail = report.detail();
        var other = before.report;
        return new ServerRefused(
                report.withDetail(
                        (detail.isEmpty() ? "" : detail + " ")
                                + "Before: "
                                + other.message()
                                + (other.detail().isEmpty() ? "." : ": " + other.detail())),
                byServer);
    }

    /// Whether the server itself said no, so that trying again soon is of no use; otherwise it
    /// could not be reached, or is starting or stopping.
    public boolean byServer() {
        return byServer;
    }

    public ErrorReport report() {
        return report;
    }
}
