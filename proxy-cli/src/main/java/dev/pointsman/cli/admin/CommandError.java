package dev.pointsman.cli.admin;

import dev.pointsman.cli.ExitCode;

/// The admin port answered with an error, or the connection was lost while it worked.
public final class CommandError extends Exception {
    private static final long serialVersionUID = 1L;

    private final String sqlState;
    private final String text;

    public CommandError(String sqlState, String text) {
        super(text);
        this.sqlState = sqlState;
        this.text = text;
    }

    /// Five characters; empty when there was no answer.
    public String sqlState() {
        return sqlState;
    }

    /// Message, detail and hint in one line.
    public String text() {
        return text;
    }

    /// True when the command may have been carried out all the same.
    public boolean lost() {
        return sqlState.isEmpty()
                || (sqlState.startsWith("08") && !sqlState.matches("08007|08P01"));
    }

    /// What the process ends with when nothing more is known.
    public ExitCode exitCode() {
        return switch (sqlState) {
            case "55000", "55006", "55P03", "57014", "40001" -> ExitCode.REFUSED;
            case "08007" -> ExitCode.OUTCOME_UNKNOWN;
            case "42601", "42704", "3D000", "22023" -> ExitCode.USAGE;
            default -> ExitCode.FAILED;
        };
    }
}
