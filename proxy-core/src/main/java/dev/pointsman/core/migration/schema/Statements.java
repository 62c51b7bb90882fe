package dev.pointsman.core.migration.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Cuts an SQL script into its statements: knows strings, quoted names, dollar quotes, comments,
/// parentheses and the bodies of SQL-standard functions. Statements keep their text; what stands
/// between them, comments alone included, is dropped.
final class Statements {
    private final String script;
    private final List<String> found = new ArrayList<>();
    private int at;
    private int start;
    private boolean empty = true;
    private int parentheses;
    private int words;
    private boolean routine;
    private int begins;

    private Statements(String script) {
        this.script = script;
    }

    static List<String> of(String script) {
        var cutter = new Statements(script);
        cutter.cut();
        return cutter.found;
    }

    private void cut() {
        while (at < script.length()) {
            char c = script.charAt(at);
            if (script.startsWith("--", at)) {
                skipTo("\n", at + 2);
            } else if (script.startsWith("/*", at)) {
                skipComment();
            } else if (c == '\'') {
                text();
            } else if (c == '"') {
                some();
                skipTo("\"", at + 1);
            } else if (c == '$' && dollarTag() > 0) {
                some();
                var tag = script.substring(at, at + dollarTag());
                skipTo(tag, at + tag.length());
            } else if (Character.isUnicodeIdentifierStart(c) || c == '_') {
                word();
            } else {
                sign(c);
            }
        }
        end();
    }

    private void sign(char c) {
        if (c == ';' && parentheses == 0 && begins == 0) {
            end();
            at++;
            start = at;
            return;
        }
        if (!Character.isWhitespace(c)) {
            some();
        }
        parentheses += c == '(' ? 1 : c == ')' ? -1 : 0;
        at++;
    }

    private void some() {
        if (empty) {
            start = at;
            empty = false;
        }
    }

    private void end() {
        if (!empty) {
            found.add(script.substring(start, at));
        }
        empty = true;
        parentheses = 0;
        words = 0;
        routine = false;
        begins = 0;
    }

    private void skipTo(String what, int from) {
        int end = script.indexOf(what, from);
        at = end < 0 ? script.length() : end + what.length();
    }

    private void skipComment() {
        int depth = 0;
        do {
            depth += script.startsWith("/*", at) ? 1 : script.startsWith("*/", at) ? -1 : 0;
            at += script.startsWith("/*", at) || script.startsWith("*/", at) ? 2 : 1;
        } while (depth > 0 && at < script.length());
    }

    private void text() {
        some();
        boolean escapes = at > 0 && (script.charAt(at - 1) == 'E' || script.charAt(at - 1) == 'e');
        at++;
        while (at < script.length() && (script.charAt(at) != '\'' || script.startsWith("''", at))) {
            boolean pair = (escapes && script.charAt(at) == '\\') || script.charAt(at) == '\'';
            at += pair ? 2 : 1;
        }
        at = Math.min(at + 1, script.length());
    }

    /// The length of a dollar quote's opening here; 0 when there is none.
    private int dollarTag() {
        int end = at + 1;
        while (end < script.length()
                && (Character.isUnicodeIdentifierPart(script.charAt(end))
                        && script.charAt(end) != '$')) {
            end++;
        }
        boolean closed = end < script.length() && script.charAt(end) == '$';
        boolean named = end > at + 1 && Character.isDigit(script.charAt(at + 1));
        return closed && !named ? end + 1 - at : 0;
    }

    private void word() {
        some();
        int from = at;
        while (at < script.length()
                && (Character.isUnicodeIdentifierPart(script.charAt(at))
                        || script.charAt(at) == '$')) {
            at++;
        }
        words++;
        var word = script.substring(from, at).toLowerCase(Locale.ROOT);
        switch (word) {
            case "function", "procedure" -> routine |= words <= 4 && starts("create");
            case "begin" -> begins += routine ? 1 : 0;
            case "case" -> begins += begins > 0 ? 1 : 0;
            case "end" -> begins -= begins > 0 ? 1 : 0;
            default -> {}
        }
    }

    private boolean starts(String word) {
        return script.regionMatches(true, start, word, 0, word.length());
    }
}
