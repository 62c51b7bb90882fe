package dev.pointsman.core.cutover.report;

import java.util.stream.Stream;

/// What went wrong after a switch, among the warnings of its report: each begins with a word that
/// tells it from remarks on the switch itself.
public final class Trouble {
    private static final String NO_WAY_BACK = "there is no way back: ";
    private static final String UNFINISHED = "unfinished: ";
    private static final String FAILED = "failed after the decision: ";

    private static final String PAST_THE_PROXY = "written past the proxy: ";

    private Trouble() {}

    /// The warning that somebody wrote on the server that serves now before it did, so that the one
    /// that was left lacks it.
    public static String pastTheProxy(String what) {
        return PAST_THE_PROXY + what;
    }

    /// Whether a warning is [#pastTheProxy].
    public static boolean isPastTheProxy(String warning) {
        return warning.startsWith(PAST_THE_PROXY);
    }

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
        return Stream.of(NO_WAY_BACK, UNFINISHED, FAILED, PAST_THE_PROXY)
                .anyMatch(warnings::contains);
    }
}
