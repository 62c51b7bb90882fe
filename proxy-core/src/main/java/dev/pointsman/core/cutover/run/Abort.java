package dev.pointsman.core.cutover.run;

import java.util.List;

/// The attempt is given up before its decision. With `again` another attempt may go better.
public final class Abort extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean again;
    private final transient List<String> named;

    private Abort(String message, boolean again, List<String> named) {
        super(message);
        this.again = again;
        this.named = List.copyOf(named);
    }

    /// A condition is not met; trying again at once would not help.
    public static Abort because(String message) {
        return new Abort(message, false, List.of());
    }

    /// Transactions were in the way; they are named.
    public static Abort stragglers(String message, List<String> named) {
        return new Abort(message + ": " + String.join("; ", named), true, named);
    }

    /// Sessions that are not ours were there; they are named.
    public static Abort strangers(List<String> named) {
        return new Abort(
                "sessions that are not ours could write past the proxy: "
                        + String.join("; ", named),
                false,
                named);
    }

    /// The first line of what went wrong.
    public static String words(Exception cause) {
        var text = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return text.lines().findFirst().orElse(text).replaceFirst("^ERROR: ", "");
    }

    public boolean again() {
        return again;
    }

    public List<String> named() {
        return named;
    }
}
