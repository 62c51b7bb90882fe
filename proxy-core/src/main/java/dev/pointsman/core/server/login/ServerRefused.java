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

    /// Whether the server itself said no, so that trying again soon is of no use; otherwise it
    /// could not be reached, or is starting or stopping.
    public boolean byServer() {
        return byServer;
    }

    public ErrorReport report() {
        return report;
    }
}
