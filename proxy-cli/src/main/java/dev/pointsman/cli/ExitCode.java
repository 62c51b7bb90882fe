package dev.pointsman.cli;

/// How a command ended, for the shell that called it.
public enum ExitCode {
    DONE(0, "done"),
    FAILED(1, "failed; `demo` and `bench`: anything lost, doubled or failed"),
    USAGE(2, "the command line or the configuration file is wrong"),
    REFUSED(3, "refused or rolled back: the source serves; `check`: a check failed"),
    UNVERIFIED(4, "could not be verified"),
    SWITCHED_WITH_TROUBLE(5, "switched, and something afterwards failed (the way back, say)"),
    OUTCOME_UNKNOWN(6, "the outcome is unknown: run `why`"),
    DIFFERENCES(7, "differences found"),
    INTERRUPTED(130, "interrupted");

    private final int status;
    private final String meaning;

    ExitCode(int status, String meaning) {
        this.status = status;
        this.meaning = meaning;
    }

    /// The process's exit status.
    public int status() {
        return status;
    }

    /// What it means, for the reference.
    public String meaning() {
        return meaning;
    }
}
