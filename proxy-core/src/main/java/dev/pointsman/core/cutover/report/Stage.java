package dev.pointsman.core.cutover.report;

import java.util.Locale;

/// The stages of a cutover in the order in which they come. The word is what logs, metrics, rows
/// and reports call it.
public enum Stage {
    CHECK,
    LEFTOVERS,
    WARM,
    CALM,
    FENCE,
    HOLD,
    DRAIN,
    MARK,
    ARRIVE,
    DECIDE,
    SWAP,
    RELEASE,
    UNDO,
    AFTER;

    private final String word = name().toLowerCase(Locale.ROOT);

    public String word() {
        return word;
    }

    /// True from the moment the gates begin to close until they are open again.
    public boolean inPause() {
        return switch (this) {
            case CHECK, LEFTOVERS, WARM, CALM, FENCE, AFTER -> false;
            case HOLD, DRAIN, MARK, ARRIVE, DECIDE, SWAP, RELEASE, UNDO -> true;
        };
    }
}
