package dev.pointsman.admin.command.parse;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// Finds what was probably meant.
public final class Spelling {
    private static final int DISTANCE_MAX = 3;

    private Spelling() {}

    /// The candidate that fewest edits lead to, when they are few for its length.
    public static Optional<String> nearest(String typed, Collection<String> candidates) {
        var word = typed.toLowerCase(Locale.ROOT);
        return candidates.stream()
                .filter(candidate -> distance(word, lower(candidate)) <= allowed(candidate))
                .min(Comparator.comparingInt(candidate -> distance(word, lower(candidate))));
    }

    /// ` (did you mean X?)`, or nothing.
    static String suggestion(String typed, Collection<String> candidates) {
        return nearest(typed, candidates).map(found -> "did you mean " + found + "? ").orElse("");
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    private static int allowed(String candidate) {
        return Math.min(DISTANCE_MAX, Math.max(1, candidate.length() / 2));
    }

    /// Levenshtein's distance, by rows.
    static int distance(String from, String to) {
        var previous = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            var current = new int[to.length() + 1];
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int changed = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(changed, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[to.length()];
    }
}
