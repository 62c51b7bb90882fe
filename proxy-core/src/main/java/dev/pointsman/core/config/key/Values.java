package dev.pointsman.core.config.key;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// How single values are spelt.
public final class Values {
    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,15})\\s*([A-Za-z]*)");

    private static final Map<String, Long> MILLIS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

    private static final Map<String, Long> BYTES =
            Map.of("", 1L, "B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);

    private Values() {}

    /// `250ms`, `5s`, `1m`, `1h`, `7d`, or `0`.
    public static Optional<Duration> duration(String text) {
        if (text.equals("0")) {
            return Optional.of(Duration.ZERO);
        }
        var millis = scaled(text, MILLIS);
        return millis.isPresent()
                ? Optional.of(Duration.ofMillis(millis.getAsLong()))
                : Optional.empty();
    }

    /// `4096`, `64KiB`, `256MiB`, `2GiB`.
    public static OptionalLong size(String text) {
        return scaled(text, BYTES);
    }

    private static OptionalLong scaled(String text, Map<String, Long> units) {
        var matcher = NUMBER_AND_UNIT.matcher(text);
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        var unit = units.get(matcher.group(2));
        if (unit == null) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Math.multiplyExact(Long.parseLong(matcher.group(1)), unit));
        } catch (ArithmeticException _) {
            return OptionalLong.empty();
        }
    }

    /// The shortest spelling that [#duration] reads back.
    public static String text(Duration duration) {
        var millis = duration.toMillis();
        if (millis == 0) {
            return "0";
        }
        for (var unit : new String[] {"d", "h", "m", "s"}) {
            var length = MILLIS.getOrDefault(unit, 1L);
            if (millis % length == 0) {
                return millis / length + unit;
            }
        }
        return millis + "ms";
    }

    /// The shortest spelling that [#size] reads back.
    public static String text(long bytes) {
        for (var unit : new String[] {"GiB", "MiB", "KiB"}) {
            var length = BYTES.getOrDefault(unit, 1L);
            if (bytes != 0 && bytes % length == 0) {
                return bytes / length + unit;
            }
        }
        return Long.toString(bytes);
    }

    /// The candidate that `word` is most likely a slip of.
    public static Optional<String> closest(String word, Collection<String> candidates) {
        var best = Optional.<String>empty();
        var least = Math.max(2, word.length() / 3) + 1;
        for (var candidate : candidates) {
            var distance = distance(word, candidate);
            if (distance < least) {
                least = distance;
                best = Optional.of(candidate);
            }
        }
        return best;
    }

    /// Insertions, deletions and replacements between two words.
    private static int distance(String from, String to) {
        var row = new int[to.length() + 1];
        for (var j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (var i = 1; i <= from.length(); i++) {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.length(); j++) {
                var replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
