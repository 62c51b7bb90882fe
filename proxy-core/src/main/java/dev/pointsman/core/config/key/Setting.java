package dev.pointsman.core.config.key;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// One key that a file may have, with its type, its default and what it is for. The reader asks by
/// these, docs/reference/config.md and config/pointsman.yaml are compared with them by tests.
///
/// A `*` in a path stands for a name that the file chooses. A default in parentheses is described
/// rather than literal; `(required)` means that there is none.
public sealed interface Setting permits Key, DatabaseKey, LimitKey.Scoped {
    /// The default of what has none and must be given.
    String REQUIRED = "(required)";

    /// The path, with `*` for names that the file chooses.
    String path();

    /// The kind of value, or its words with ` | ` between them.
    String type();

    /// The default as a file would spell it, a description in parentheses, or nothing for a
    /// section.
    String fallback();

    /// What it is for: a sentence for the reference.
    String about();

    /// The last part of the path.
    default String word() {
        return path().substring(path().lastIndexOf('.') + 1);
    }

    /// The words that may be given, where the type is a choice.
    default List<String> words() {
        return List.of(type().split(" \\| "));
    }

    /// All there are, in the order of the reference.
    static List<Setting> all() {
        return All.SETTINGS;
    }

    /// The key of that path.
    static Optional<Setting> at(String pattern) {
        return all().stream().filter(key -> key.path().equals(pattern)).findFirst();
    }

    /// The keys right below `pattern`; all top ones for the empty pattern.
    static List<Setting> below(String pattern) {
        var start = pattern.isEmpty() ? "" : pattern + ".";
        return all().stream()
                .filter(key -> key.path().startsWith(start))
                .filter(key -> key.path().indexOf('.', start.length()) < 0)
                .filter(key -> !key.path().equals(pattern))
                .toList();
    }

    /// Made once, when all kinds are there.
    final class All {
        private static final List<Setting> SETTINGS =
                Stream.of(Key.values())
                        .flatMap(All::andBelow)
                        .flatMap(key -> Stream.concat(Stream.of(key), LimitKey.below(key)))
                        .toList();

        private All() {}

        private static Stream<Setting> andBelow(Key key) {
            return key == Key.DATABASES
                    ? Stream.concat(Stream.of(key), Stream.of(DatabaseKey.values()))
                    : Stream.of(key);
        }
    }
}
