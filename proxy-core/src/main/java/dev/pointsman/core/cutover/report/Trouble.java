package dev.pointsman.core.cutover.report;

import java.util.List;

/// What went wrong after a switch, among the warnings of its report: each begins with a word that
/// tells it from remarks on the switch itself.
public final class Trouble {
    private static final String NO_WAY_BACK = "there is no way back: ";
    private static final String UNFINISHED = "unfinished: ";
    private static final String FAILED = "failed after the decision: ";

    private Trouble() {}

    /// The warning that one cannot come back.
    public static String noWayBack(String why) {
        return NO_WAY_BACK + why;
    }

    /// The warning that what follows a decision is not done, and goes on being tried.
    public static String unfinished(String what) {
        return UNFINISHED + what;
    }

    /// The warning that something went wrong behind the decision, which stands.
    public static String failed(String what) {
        return FAILED + what;
    }

    /// Whether a warning is [#failed].
    static boolean isFailed(String warning) {
        return warning.startsWith(FAILED);
    }

    /// Whether there is any in the text of a report's warnings, one or several.
    public static boolean isIn(String warnings) {
        return List.of(NO_WAY_BACK, UNFINISHED, FAILED).stream().anyMatch(warnings::contains);
    }
}
