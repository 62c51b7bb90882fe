package dev.pointsman.core.cutover.report;

import java.util.Locale;

/// How a cutover ended.
public enum Outcome {
    /// The target serves.
    SWITCHED,
    /// A dry run went through; the source serves.
    REHEARSED,
    /// A condition was not met; no client was held and the source serves.
    REFUSED,
    /// Given up on the way; the source serves as if nothing had happened.
    ROLLED_BACK,
    /// It could be neither finished nor undone; clients stay held until it is settled.
    UNKNOWN;

    private final String word = name().toLowerCase(Locale.ROOT);

    public String word() {
        return word;
    }

    /// Whether it is certain that nothing has moved.
    public boolean leavesTheSourceServing() {
        return switch (this) {
            case REHEARSED, REFUSED, ROLLED_BACK -> true;
            case SWITCHED, UNKNOWN -> false;
        };
    }
}
