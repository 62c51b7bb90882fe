package dev.pointsman.core.wire;

/// A verb of the control path says no, and everything is as it was. The report is meant for the
/// operator: what, where, and how to mend it.
public final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient ErrorReport report;

    public Refused(ErrorReport report) {
        super(report.message());
        this.report = report;
    }

    /// A refusal with that SQLSTATE and a hint of how to mend it.
    public Refused(SqlState sqlState, String message, String hint) {
        this(ErrorReport.error(sqlState, message).withHint(hint));
    }

    /// What to send to whoever asked.
    public ErrorReport report() {
        return report;
    }
}
