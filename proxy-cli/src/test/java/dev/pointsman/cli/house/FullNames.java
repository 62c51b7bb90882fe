package dev.pointsman.cli.house;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Types that code names with their package instead of importing them. That is right only where the
/// simple name already means another type in the file: there it stands by itself without being the
/// import or the neighbour of what is written in full.
final class FullNames {
    private static final Pattern NO_CODE =
            Pattern.compile(
                    String.join(
                            "|",
                            "//.*",
                            "/\\*[\\s\\S]*?\\*/",
                            "\"\"\"[\\s\\S]*?(?<!\\\\)\"\"\"",
                            "\"[^\"\\\\\\n]*+(?:\\\\.[^\"\\\\\\n]*+)*+\"",
                            "'(?:\\\\.[^']*+|[^'\\\\])'"));
    private static final Pattern HEAD =
            Pattern.compile("^(?:package|import(?: static)?) ([\\w.*]+);", Pattern.MULTILINE);
    private static final Pattern FULL_NAME =
            Pattern.compile("(?<![\\w.])((?:[a-z][a-z0-9_]*\\s*\\.\\s*){2,})([A-Z]\\w*)");

    private FullNames() {}

    /// One line for each name that an import would shorten.
    static List<String> in(SourceFile file) {
        var text = blank(NO_CODE, String.join("\n", file.lines()));
        var heads = HEAD.matcher(text).results().map(head -> head.group(1)).toList();
        var code = blank(HEAD, text);
        var found = new ArrayList<String>();
        for (var written : FULL_NAME.matcher(code).results().toList()) {
            var home = written.group(1).replaceAll("\\s", "");
            var name = written.group(2);
            var isKnown =
                    heads.contains(home + name)
                            || heads.contains(home.substring(0, home.length() - 1));
            if (isKnown || !Pattern.compile("(?<![\\w.])" + name + "\\b").matcher(code).find()) {
                var line = 1 + lineEnds(code.substring(0, written.start())).length();
                found.add(file.path() + ":" + line + " writes out " + home + name);
            }
        }
        return found;
    }

    /// The text with everything that fits made empty, line ends kept: a line's number stays.
    private static String blank(Pattern pattern, String text) {
        return pattern.matcher(text).replaceAll(found -> lineEnds(found.group()));
    }

    private static String lineEnds(String text) {
        return text.replaceAll("[^\n]", "");
    }
}
