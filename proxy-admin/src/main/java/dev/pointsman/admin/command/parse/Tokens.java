package dev.pointsman.admin.command.parse;

import dev.pointsman.admin.command.parse.Token.Kind;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import java.util.ArrayList;
import java.util.List;

/// Splits the text of a query into tokens: comments (`--` to the end of the line, nested `/* */`)
/// and white space are dropped, quotes are undone.
final class Tokens {
    private final String sql;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private Tokens(String sql) {
        this.sql = sql;
    }

    static List<Token> of(String sql) throws Refused {
        var scan = new Tokens(sql);
        while (scan.skipBlank()) {
            scan.next();
        }
        return List.copyOf(scan.tokens);
    }

    /// True while something is left.
    private boolean skipBlank() throws Refused {
        while (at < sql.length()) {
            if (Character.isWhitespace(sql.charAt(at))) {
                at++;
            } else if (sql.startsWith("--", at)) {
                int end = sql.indexOf('\n', at);
                at = end < 0 ? sql.length() : end + 1;
            } else if (sql.startsWith("/*", at)) {
                skipComment();
            } else {
                return true;
            }
        }
        return false;
    }

    private void skipComment() throws Refused {
        int start = at;
        int depth = 0;
        do {
            if (at >= sql.length()) {
                throw unterminated("comment", start);
            }
            if (sql.startsWith("/*", at)) {
                depth++;
                at += 2;
            } else if (sql.startsWith("*/", at)) {
                depth--;
                at += 2;
            } else {
                at++;
            }
        } while (depth > 0);
    }

    private void next() throws Refused {
        char c = sql.charAt(at);
        switch (c) {
            case '"' -> quoted(Kind.QUOTED, c);
            case '\'' -> quoted(Kind.STRING, c);
            case ',' -> single(Kind.COMMA);
            case '=' -> single(Kind.EQUALS);
            case '(' -> single(Kind.OPEN);
            case ')' -> single(Kind.CLOSE);
            case ';' -> single(Kind.SEMICOLON);
            default -> {
                if (isWordPart(c)) {
                    word();
                } else {
                    single(Kind.OTHER);
                }
            }
        }
    }

    private void single(Kind kind) {
        tokens.add(new Token(kind, sql.substring(at, at + 1), at, at + 1));
        at++;
    }

    private void word() {
        int start = at;
        while (at < sql.length()
                && (isWordPart(sql.charAt(at)) || isHyphen())
                && !sql.startsWith("--", at)) {
            at++;
        }
        tokens.add(new Token(Kind.WORD, sql.substring(start, at), start, at));
    }

    /// A hyphen inside a word belongs to it: names such as `my-shop` need no quotes.
    private boolean isHyphen() {
        return sql.charAt(at) == '-' && at + 1 < sql.length() && isWordPart(sql.charAt(at + 1));
    }

    private static boolean isWordPart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '.' || c == ':' || c == '$';
    }

    private void quoted(Kind kind, char quote) throws Refused {
        int start = at;
        var text = new StringBuilder();
        at++;
        while (true) {
            int end = sql.indexOf(quote, at);
            if (end < 0) {
                throw unterminated("quoted text", start);
            }
            text.append(sql, at, end);
            at = end + 1;
            if (at >= sql.length() || sql.charAt(at) != quote) {
                break;
            }
            text.append(quote);
            at++;
        }
        tokens.add(new Token(kind, text.toString(), start, at));
    }

    private static Refused unterminated(String what, int start) {
        return new Refused(
                ErrorReport.error(
                        SqlState.SYNTAX_ERROR,
                        "the "
                                + what
                                + " that begins at character "
                                + (start + 1)
                                + " does not end"));
    }
}
