package dev.pointsman.core.config.file;

import dev.pointsman.core.config.key.Later;
import dev.pointsman.core.config.key.Setting;
import dev.pointsman.core.config.key.Values;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A group of keys at one place of the file. Whatever is wrong with it is told to the [Reading];
/// the value returned then only stands in, until the whole file is refused.
final class Section {
    private final Reading reading;
    private final String pattern;
    private final String path;
    private final int line;
    private final Map<String, Node> children = new LinkedHashMap<>();

    private Section(Reading reading, String pattern, String path, int line) {
        this.reading = reading;
        this.pattern = pattern;
        this.path = path;
        this.line = line;
    }

    /// The section that `node` holds. Its keys are those of [Key] right below `pattern`, unless
    /// these are names that the file chooses.
    static Section of(Reading reading, String pattern, String path, Node node) {
        var section = new Section(reading, pattern, path, Reading.line(node));
        if (node instanceof MappingNode mapping) {
            section.take(mapping);
        } else if (!node.getTag().equals(Tag.NULL)) {
            reading.problem(
                    Reading.line(node),
                    path,
                    "a group of keys belongs here",
                    "write key: value below it");
        }
        return section;
    }

    private void take(MappingNode mapping) {
        var known = Setting.below(pattern).stream().map(Setting::word).toList();
        for (var tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode keyNode)) {
                reading.problem(
                        Reading.line(tuple.getKeyNode()),
                        path,
                        "a key must be a word",
                        "write a word");
                continue;
            }
            var key = keyNode.getValue();
            if (!known.contains("*") && !known.contains(key)) {
                unknown(key, Reading.line(keyNode), known);
            } else if (children.putIfAbsent(key, tuple.getValueNode()) != null) {
                reading.problem(
                        Reading.line(keyNode),
                        below(key),
                        "this key stands here twice",
                        "keep one of the two");
            }
        }
    }

    private void unknown(String key, int at, List<String> known) {
        var later = Later.key(pattern.isEmpty() ? key : pattern + "." + key);
        if (later.isPresent()) {
            reading.problem(
                    at, below(key), later.get() + " is not supported yet", "remove the key");
            return;
        }
        var mend =
                Values.closest(key, known)
                        .map(word -> "did you mean " + word + "?")
                        .orElse("known here: " + String.join(", ", known));
        reading.problem(at, below(key), "there is no such key", mend);
    }

    boolean has(Setting key) {
        return children.containsKey(key.word());
    }

    int lineOf(Setting key) {
        var node = children.get(key.word());
        return node == null ? line : Reading.line(node);
    }

    String path() {
        return path;
    }

    Reading reading() {
        return reading;
    }

    /// Tells a problem with the value of `key`.
    void problem(Setting key, String what, String mend) {
        reading.problem(lineOf(key), below(key.word()), what, mend);
    }

    /// The section below `key`; one without any keys when it is absent.
    Section section(Setting key) {
        var node = children.get(key.word());
        if (node != null) {
            return of(reading, key.path(), below(key.word()), node);
        }
        if (key.fallback().equals(Setting.REQUIRED)) {
            missing(key);
        }
        return new Section(reading, key.path(), below(key.word()), line);
    }

    /// What stands under each of the names that the file chose below this section.
    Map<String, Node> named() {
        return children;
    }

    /// The section of one of those names.
    Section named(String name) {
        var node = children.get(name);
        if (node == null) {
            throw new IllegalArgumentException(name);
        }
        return of(reading, pattern + ".*", below(name), node);
    }

    String text(Setting key, String otherwise) {
        return read(key, otherwise, "a text", Optional::of);
    }

    int port(Setting key, int otherwise) {
        return read(
                key,
                otherwise,
                "a port from 0 to 65535",
                text -> whole(text, 0, 65535).map(Long::intValue));
    }

    int number(Setting key, int least) {
        return number(key, least, least);
    }

    int number(Setting key, int least, int otherwise) {
        return read(
                key,
                otherwise,
                "a number from " + least + " up",
                text -> whole(text, least, 1_000_000_000).map(Long::intValue));
    }

    Duration duration(Setting key, Duration otherwise) {
        return read(key, otherwise, "a duration like 250ms, 5s, 1m or 1h", Values::duration);
    }

    /// A point in time, with or without its seconds; a date alone is its first moment in UTC.
    Instant instant(Setting key, Instant otherwise) {
        return read(key, otherwise, "a time like 2027-01-31T18:00:00Z", Section::instant);
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(
                    text.matches("\\d{4}-\\d{2}-\\d{2}")
                            ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                            : OffsetDateTime.parse(text.replace(' ', 'T')).toInstant());
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }

    long size(Setting key, long otherwise) {
        return read(
                key,
                otherwise,
                "a size like 4096, 64KiB or 256MiB",
                text -> Values.size(text).stream().boxed().findFirst());
    }

    boolean flag(Setting key) {
        return flag(key, false);
    }

    boolean flag(Setting key, boolean otherwise) {
        return read(
                key,
                otherwise,
                "on or off",
                text ->
                        switch (text) {
                            case "on", "true", "yes", "1" -> Optional.of(true);
                            case "off", "false", "no", "0" -> Optional.of(false);
                            default -> Optional.empty();
                        });
    }

    /// One of the words of `key`, as the constant of the same name.
    <E extends Enum<E>> E choice(Setting key, Class<E> type) {
        var word = word(key);
        return Enum.valueOf(type, word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /// One of the words of `key`; of those of a later version it is said that they are.
    String word(Setting key) {
        var words = key.words();
        var node = children.get(key.word());
        if (node instanceof ScalarNode scalar && Later.word(key, scalar.getValue())) {
            problem(
                    key,
                    scalar.getValue() + " is not supported yet",
                    "write one of " + String.join(", ", words));
            return words.getFirst();
        }
        return read(
                key,
                words.getFirst(),
                "one of " + words.stream().collect(Collectors.joining(", ")),
                text -> words.contains(text) ? Optional.of(text) : Optional.empty());
    }

    /// The node of `key`, or null when it is absent.
    @Nullable Node node(Setting key) {
        return children.get(key.word());
    }

    void missing(Setting key) {
        reading.problem(line, below(key.word()), "this key is missing", "add it: " + key.about());
    }

    /// The value of `key`; its default when it is absent or cannot be read, and `otherwise` where
    /// there is no literal default.
    private <T> T read(
            Setting key, T otherwise, String shape, Function<String, Optional<T>> parse) {
        var fallback =
                key.fallback().startsWith("(")
                        ? otherwise
                        : parse.apply(key.fallback()).orElseThrow();
        var node = children.get(key.word());
        if (node == null) {
            if (key.fallback().equals(Setting.REQUIRED)) {
                missing(key);
            }
            return fallback;
        }
        var text = reading.scalar(node, below(key.word()));
        if (text.isEmpty()) {
            return fallback;
        }
        var parsed = parse.apply(text.get());
        if (parsed.isEmpty()) {
            problem(key, "'" + text.get() + "' cannot be read", "write " + shape);
        }
        return parsed.orElse(fallback);
    }

    private String below(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static Optional<Long> whole(String text, long least, long most) {
        if (!text.matches("\\d{1,10}")) {
            return Optional.empty();
        }
        var value = Long.parseLong(text);
        return value < least || value > most ? Optional.empty() : Optional.of(value);
    }
}
