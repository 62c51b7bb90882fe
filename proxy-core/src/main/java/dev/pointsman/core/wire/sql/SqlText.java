package dev.pointsman.core.wire.sql;

import io.netty.buffer.ByteBuf;

import java.nio.charset.StandardCharsets;

/// Looks into SQL text on the wire without decoding it: first words, statement ends, substrings.
///
/// Knows comments, quoted strings and names, and dollar quotes; nothing of grammar. Works on bytes,
/// which is right for UTF-8 and every other server encoding of PostgreSQL. All methods take the
/// text's first index and the end of the bytes at hand, and stop at the terminating zero byte.
public final class SqlText {
    private SqlText() {}

    /// A lower-case ASCII word to look for with [#contains]; build it once.
    public static byte[] needle(String lowerCaseWord) {
        return lowerCaseWord.getBytes(StandardCharsets.US_ASCII);
    }

    /// Whether the word occurs anywhere in the text, in whatever case, comments and strings
    /// included: cheap, never misses, may be wrong in saying yes.
    public static boolean contains(ByteBuf bytes, int from, int to, byte[] lowerCaseNeedle) {
        int last = to - lowerCaseNeedle.length;
        for (int at = from; at <= last; at++) {
            if (lower(bytes.getByte(at)) == lowerCaseNeedle[0]
                    && matches(bytes, at, lowerCaseNeedle)) {
                return true;
            }
        }
        return false;
    }

    /// Just behind the semicolon that ends the statement at `from`; the index of the terminating
    /// zero byte, or `to`, when no semicolon follows. A semicolon in a string, a quoted name, a
    /// dollar quote, a comment or parentheses (a rule's action list) ends nothing.
    ///
    /// Backslashes escape in `E'…'` only: with `standard_conforming_strings` off, a string that
    /// holds `\'` makes the rest look quoted.
    public static int statementEnd(ByteBuf bytes, int from, int to) {
        int depth = 0;
        int at = from;
        while (at < to && bytes.getByte(at) != 0) {
            int next = skipComment(bytes, at, to);
            if (next == at) {
                next = skipQuoted(bytes, at, to);
            }
            if (next == at) {
                byte b = bytes.getByte(at);
                depth = Math.max(0, depth + (b == '(' ? 1 : b == ')' ? -1 : 0));
                next = isWordByte(b) ? skipWord(bytes, at, to) : at + 1;
                if (b == ';' && depth == 0) {
                    return next;
                }
            }
            at = next;
        }
        return Math.min(at, to);
    }

    static int skipToWord(ByteBuf bytes, int from, int to) {
        int at = from;
        while (at < to) {
            byte b = bytes.getByte(at);
            int next = skipComment(bytes, at, to);
            if (next != at) {
                at = next;
            } else if (isSpace(b) || b == ';' || b == '(') {
                at++;
            } else {
                return (b == '-' || b == '/') && at + 1 == to ? to : at;
            }
        }
        return at;
    }

    static boolean isWordByte(byte b) {
        int folded = b | 0x20;
        return b < 0
                || (folded >= 'a' && folded <= 'z')
                || (b >= '0' && b <= '9')
                || b == '_'
                || b == '$';
    }

    /// Behind the comment that starts at `at`; `at` when none does; at most `to`.
    static int skipComment(ByteBuf bytes, int at, int to) {
        if (is(bytes, at, to, '-', '-')) {
            int end = at + 2;
            while (end < to && !isLineEnd(bytes.getByte(end))) {
                end++;
            }
            return end;
        }
        if (!is(bytes, at, to, '/', '*')) {
            return at;
        }
        int depth = 1;
        int end = at + 2;
        while (end < to && depth > 0 && bytes.getByte(end) != 0) {
            if (is(bytes, end, to, '/', '*')) {
                depth++;
                end += 2;
            } else if (is(bytes, end, to, '*', '/')) {
                depth--;
                end += 2;
            } else {
                end++;
            }
        }
        return end;
    }

    /// Behind the string, quoted name or dollar quote that starts at `at`; `at` when none does.
    private static int skipQuoted(ByteBuf bytes, int at, int to) {
        byte b = bytes.getByte(at);
        if (b == '\'' || b == '"') {
            return skipString(bytes, at, to, false);
        }
        if ((b | 0x20) == 'e' && at + 1 < to && bytes.getByte(at + 1) == '\'') {
            return skipString(bytes, at + 1, to, true);
        }
        return b == '$' ? skipDollarQuote(bytes, at, to) : at;
    }

    static int skipString(ByteBuf bytes, int at, int to, boolean backslashEscapes) {
        byte quote = bytes.getByte(at);
        int end = at + 1;
        while (end < to && bytes.getByte(end) != 0) {
            byte b = bytes.getByte(end);
            boolean doubled = b == quote && end + 1 < to && bytes.getByte(end + 1) == quote;
            if (b == quote && !doubled) {
                return end + 1;
            }
            end += doubled || (b == '\\' && backslashEscapes) ? 2 : 1;
        }
        return Math.min(end, to);
    }

    static int skipDollarQuote(ByteBuf bytes, int at, int to) {
        int tagEnd = at + 1;
        while (tagEnd < to && isWordByte(bytes.getByte(tagEnd)) && bytes.getByte(tagEnd) != '$') {
            tagEnd++;
        }
        boolean digitFirst = tagEnd > at + 1 && isDigit(bytes.getByte(at + 1));
        if (tagEnd >= to || bytes.getByte(tagEnd) != '$' || digitFirst) {
            return at;
        }
        int length = tagEnd + 1 - at;
        int end = tagEnd + 1;
        while (end + length <= to && bytes.getByte(end) != 0) {
            if (same(bytes, at, end, length)) {
                return end + length;
            }
            end++;
        }
        while (end < to && bytes.getByte(end) != 0) {
            end++;
        }
        return end;
    }

    private static int skipWord(ByteBuf bytes, int at, int to) {
        int end = at;
        while (end < to && isWordByte(bytes.getByte(end))) {
            end++;
        }
        return end;
    }

    private static boolean matches(ByteBuf bytes, int at, byte[] lowerCaseNeedle) {
        for (int i = 1; i < lowerCaseNeedle.length; i++) {
            if (lower(bytes.getByte(at + i)) != lowerCaseNeedle[i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean same(ByteBuf bytes, int left, int right, int length) {
        for (int i = 0; i < length; i++) {
            if (bytes.getByte(left + i) != bytes.getByte(right + i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean is(ByteBuf bytes, int at, int to, char first, char second) {
        return at + 1 < to && bytes.getByte(at) == first && bytes.getByte(at + 1) == second;
    }

    static boolean isSpace(byte b) {
        return b == ' ' || (b >= '\t' && b <= '\r');
    }

    private static boolean isLineEnd(byte b) {
        return b == '\n' || b == '\r' || b == 0;
    }

    static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
    }
}
