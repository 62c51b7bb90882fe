package dev.pointsman.core.server;

import dev.pointsman.core.wire.ErrorReport;

/// A server could not be reached or did not let us in. Expected in operation, hence without a stack
/// trace; the report is fit to be sent to a client.
public final class ServerRefused extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient ErrorReport report;

    public ServerRefused(ErrorReport report) {
        super(report.message(), null, false, false);
        this.report = report;
    }

    public ErrorReport report() {
        return report;
    }
}
