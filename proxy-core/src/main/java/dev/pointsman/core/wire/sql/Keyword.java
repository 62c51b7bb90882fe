package dev.pointsman.core.wire.sql;

import io.netty.buffer.ByteBuf;

import java.util.Arrays;

/// The first word of an SQL statement, as far as a pooler cares about it.
public enum Keyword {
    /// Nothing but white space, comments and semicolons.
    EMPTY,
    /// The bytes end before the first word does: more of the text is needed.
    CUT,
    /// Some other word, or no word at all.
    OTHER,
    ABORT,
    ALTER,
    ANALYZE,
    BEGIN,
    CALL,
    CLOSE,
    CLUSTER,
    COMMIT,
    COPY,
    CREATE,
    DEALLOCATE,
    DECLARE,
    DELETE,
    DISCARD,
    DO,
    DROP,
    END,
    EXECUTE,
    EXPLAIN,
    FETCH,
    INSERT,
    LISTEN,
    LOAD,
    LOCK,
    MERGE,
    MOVE,
    NOTIFY,
    PREPARE,
    REINDEX,
    RELEASE,
    RESET,
    ROLLBACK,
    SAVEPOINT,
    SELECT,
    SET,
    SHOW,
    START,
    TABLE,
    TRUNCATE,
    UNLISTEN,
    UPDATE,
    VACUUM,
    VALUES,
    WITH;

    private static final Keyword[][] BY_FIRST_LETTER = byFirstLetter();

    /// The first word of the statement that starts at `from`: leading white space, comments (nested
    /// ones too), semicolons and opening parentheses are stepped over, case does not matter.
    ///
    /// `to` is the end of the bytes at hand. A text whose terminating zero byte is not before it
    /// counts as cut. Allocates nothing.
    public static Keyword first(ByteBuf bytes, int from, int to) {
        int at = SqlText.skipToWord(bytes, from, to);
        if (at >= to) {
            return CUT;
        }
        if (bytes.getByte(at) == 0) {
            return EMPTY;
        }
        int end = at;
        while (end < to && SqlText.isWordByte(bytes.getByte(end))) {
            end++;
        }
        return end == to ? CUT : ofWord(bytes, at, end);
    }

    private static Keyword ofWord(ByteBuf bytes, int from, int to) {
        int letter = from == to ? -1 : (bytes.getByte(from) | 0x20) - 'a';
        if (letter < 0 || letter >= BY_FIRST_LETTER.length) {
            return OTHER;
        }
        for (var keyword : BY_FIRST_LETTER[letter]) {
            if (keyword.is(bytes, from, to)) {
                return keyword;
            }
        }
        return OTHER;
    }

    private boolean is(ByteBuf bytes, int from, int to) {
        var word = name();
        if (to - from != word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if ((bytes.getByte(from + i) & ~0x20) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static Keyword[][] byFirstLetter() {
        var found = new Keyword['z' - 'a' + 1][];
        for (int letter = 0; letter < found.length; letter++) {
            int first = 'A' + letter;
            found[letter] =
                    Arrays.stream(values())
                            .filter(keyword -> keyword.compareTo(OTHER) > 0)
                            .filter(keyword -> keyword.name().charAt(0) == first)
                            .toArray(Keyword[]::new);
        }
        return found;
    }
}
