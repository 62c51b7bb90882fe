package dev.pointsman.core.wire;

/// An error or notice that the proxy itself sends, or passes on from a login of its own. Detail and
/// hint are empty when there is none.
///
/// `message` says what went wrong, `detail` where, `hint` how to mend it.
public record ErrorReport(
        Severity severity, ErrorCode sqlState, String message, String detail, String hint) {

    /// `FATAL` promises that the connection is closed right afterwards.
    public enum Severity {
        ERROR,
        FATAL,
        WARNING,
        NOTICE
    }

    public static ErrorReport error(SqlState sqlState, String message) {
        return new ErrorReport(Severity.ERROR, sqlState, message, "", "");
    }

    public static ErrorReport fatal(ErrorCode sqlState, String message) {
        return new ErrorReport(Severity.FATAL, sqlState, message, "", "");
    }

    public static ErrorReport warning(SqlState sqlState, String message) {
        return new ErrorReport(Severity.WARNING, sqlState, message, "", "");
    }

    public static ErrorReport notice(String message) {
        return new ErrorReport(Severity.NOTICE, SqlState.SUCCESSFUL_COMPLETION, message, "", "");
    }

    public ErrorReport withDetail(String text) {
        return new ErrorReport(severity, sqlState, message, text, hint);
    }

    public ErrorReport withHint(String text) {
        return new ErrorReport(severity, sqlState, message, detail, text);
    }
}
