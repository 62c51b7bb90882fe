package dev.pointsman.cli;

/// How a command ended, for the shell that called it.
public enum ExitCode {
    DONE(0),
    FAILED(1),
    USAGE(2),
    /// Refused or rolled back: the source serves.
    REFUSED(3),
    /// Could not be verified.
    UNVERIFIED(4),
    /// Switched, and something afterwards failed.
    SWITCHED_WITH_TROUBLE(5),
    OUTCOME_UNKNOWN(6),
    DIFFERENCES(7),
    INTERRUPTED(130);

    private final int status;

    ExitCode(int status) {
        this.status = status;
    }

    /// The process's exit status.
    public int status() {
        return status;
    }
}
