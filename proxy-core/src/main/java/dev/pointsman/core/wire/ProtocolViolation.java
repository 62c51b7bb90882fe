package dev.pointsman.core.wire;

/// A peer sent bytes that are not the protocol: the connection cannot be read any further.
///
/// Carries no stack trace, since a hostile peer decides how often it is thrown. The message is for
/// people and holds nothing of what the peer sent but single bytes and lengths.
public final class ProtocolViolation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final SqlState sqlState;

    public ProtocolViolation(String message) {
        this(SqlState.PROTOCOL_VIOLATION, message);
    }

    public ProtocolViolation(SqlState sqlState, String message) {
        super(message, null, false, false);
        this.sqlState = sqlState;
    }

    public SqlState sqlState() {
        return sqlState;
    }

    /// What to send to the peer before its connection is closed.
    public ErrorReport report() {
        return ErrorReport.fatal(sqlState, messageText());
    }

    private String messageText() {
        var text = getMessage();
        return text == null ? sqlState.condition() : text;
    }
}
