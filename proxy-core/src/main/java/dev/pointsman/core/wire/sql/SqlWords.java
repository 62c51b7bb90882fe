package dev.pointsman.core.wire.sql;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/// Goes through SQL text on the wire token by token, without decoding it: words, quoted names,
/// strings, and single characters for the rest; white space and comments are stepped over. To be
/// used again for text after text; allocates nothing.
public final class SqlWords {
    /// No more text, or no more of it at hand.
    public static final int END = 0;

    public static final int WORD = 1;

    /// A name in double quotes.
    public static final int QUOTED = 2;

    /// A string, in quotes or dollar quotes.
    public static final int STRING = 3;

    private static final int HASH_FACTOR = 31;

    private ByteBuf bytes = Unpooled.EMPTY_BUFFER;
    private int at;
    private int end;
    private int start;
    private int stop;
    private int hash;

    /// Begins with the text at `from`; `to` is the end of the bytes at hand.
    public SqlWords begin(ByteBuf text, int from, int to) {
        bytes = text;
        at = from;
        end = to;
        return this;
    }

    /// The kind of the next token: one of the constants, or the character itself.
    public int next() {
        skipBlanks();
        if (at >= end || bytes.getByte(at) == 0) {
            return END;
        }
        byte b = bytes.getByte(at);
        if ((b | 0x20) == 'e' && at + 1 < end && bytes.getByte(at + 1) == '\'') {
            at++;
            return quoted(STRING, true);
        }
        if (SqlText.isWordByte(b) && b != '$') {
            return word();
        }
        return switch (b) {
            case '"' -> quoted(QUOTED, false);
            case '\'' -> quoted(STRING, false);
            case '$' -> dollar();
            default -> {
                at++;
                yield b;
            }
        };
    }

    /// The hash of the word or name that [#next] named, as [#hash(byte[])] has it.
    public int hash() {
        return hash;
    }

    /// Whether the word, name or string that [#next] named is this one, in whatever case.
    public boolean is(byte[] lowerCaseWord) {
        if (stop - start != lowerCaseWord.length) {
            return false;
        }
        for (int i = 0; i < lowerCaseWord.length; i++) {
            if (SqlText.lower(bytes.getByte(start + i)) != lowerCaseWord[i]) {
                return false;
            }
        }
        return true;
    }

    public static int hash(byte[] lowerCaseWord) {
        int hash = 0;
        for (byte b : lowerCaseWord) {
            hash = HASH_FACTOR * hash + b;
        }
        return hash;
    }

    private int word() {
        start = at;
        int sum = 0;
        while (at < end && SqlText.isWordByte(bytes.getByte(at))) {
            sum = HASH_FACTOR * sum + SqlText.lower(bytes.getByte(at));
            at++;
        }
        stop = at;
        hash = sum;
        return WORD;
    }

    private int quoted(int kind, boolean backslashEscapes) {
        int next = SqlText.skipString(bytes, at, end, backslashEscapes);
        start = at + 1;
        stop = Math.max(start, next - 1);
        at = next;
        int sum = 0;
        for (int i = start; i < stop; i++) {
            sum = HASH_FACTOR * sum + SqlText.lower(bytes.getByte(i));
        }
        hash = sum;
        return kind;
    }

    private int dollar() {
        int next = SqlText.skipDollarQuote(bytes, at, end);
        start = at;
        stop = at;
        hash = 0;
        if (next == at) {
            at++;
            return '$';
        }
        at = next;
        return STRING;
    }

    private void skipBlanks() {
        while (at < end) {
            int next = SqlText.skipComment(bytes, at, end);
            if (next == at && SqlText.isSpace(bytes.getByte(at))) {
                next++;
            }
            if (next == at) {
                return;
            }
            at = next;
        }
    }
}
