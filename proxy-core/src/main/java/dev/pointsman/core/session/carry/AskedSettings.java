package dev.pointsman.core.session.carry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// The settings that a client's start-up packet gives, by name or in its `options`: what RESET
/// leads its session back to.
public final class AskedSettings {
    private static final String OPTIONS = "options";
    private static final Set<String> ABOUT_THE_LOGIN =
            Set.of("user", "database", "replication", OPTIONS);

    private AskedSettings() {}

    /// Names in lower case. As in PostgreSQL, a parameter of the packet goes before one in
    /// `options`; what is no setting there is left out, the server will refuse it.
    ///
    /// @param startup parameters of a start-up packet
    public static Map<String, String> of(Map<String, String> startup) {
        var asked = new LinkedHashMap<String, String>();
        startup.forEach(
                (name, value) -> {
                    if (name.toLowerCase(Locale.ROOT).equals(OPTIONS)) {
                        readOptions(value, asked);
                    }
                });
        startup.forEach(
                (name, value) -> {
                    String lower = name.toLowerCase(Locale.ROOT);
                    if (!ABOUT_THE_LOGIN.contains(lower) && !lower.startsWith("_pq_.")) {
                        asked.put(lower, value);
                    }
                });
        return asked;
    }

    private static void readOptions(String options, Map<String, String> asked) {
        List<String> words = words(options);
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("-c") && i + 1 < words.size()) {
                i++;
                assign(words.get(i), asked);
            } else if (word.startsWith("-c") || word.startsWith("--")) {
                assign(word.substring(2), asked);
            }
        }
    }

    /// `name=value`, where the name may have hyphens for underscores.
    private static void assign(String word, Map<String, String> asked) {
        int equals = word.indexOf('=');
        if (equals > 0) {
            String name = word.substring(0, equals).replace('-', '_').toLowerCase(Locale.ROOT);
            asked.put(name, word.substring(equals + 1));
        }
    }

    /// Words between white space; a backslash takes the next character as it is.
    private static List<String> words(String options) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        boolean inside = false;
        for (int i = 0; i < options.length(); i++) {
            char c = options.charAt(i);
            if (Character.isWhitespace(c)) {
                if (inside) {
                    words.add(word.toString());
                    word.setLength(0);
                    inside = false;
                }
            } else {
                inside = true;
                boolean escapes = c == '\\' && i + 1 < options.length();
                word.append(escapes ? options.charAt(++i) : c);
            }
        }
        if (inside) {
            words.add(word.toString());
        }
        return words;
    }
}
