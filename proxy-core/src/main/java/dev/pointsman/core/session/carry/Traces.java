package dev.pointsman.core.session.carry;

import io.netty.buffer.ByteBuf;

import java.nio.charset.StandardCharsets;

/// Tells from what goes by whether a statement may have left state in its server connection.
///
/// The server's own word for what it did, the tag of CommandComplete, is the first witness: only
/// tags that are known to leave nothing count as clean. Being wrong in saying yes costs one DISCARD
/// ALL.
public final class Traces {
    private static final byte[][] CLEAN =
            tags(
                    "SELECT",
                    "INSERT",
                    "UPDATE",
                    "DELETE",
                    "BEGIN",
                    "COMMIT",
                    "ROLLBACK",
                    "FETCH",
                    "COPY",
                    "MERGE",
                    "SAVEPOINT",
                    "RELEASE",
                    "START TRANSACTION",
                    "SHOW",
                    "EXPLAIN",
                    "LOCK TABLE",
                    "TRUNCATE TABLE",
                    "MOVE",
                    "CLOSE CURSOR",
                    "ANALYZE",
                    "VACUUM",
                    "NOTIFY",
                    "DISCARD ALL");

    /// What is judged by the statements' texts where connections are lent for a transaction.
    private static final byte[][] READ =
            tags(
                    "SET",
                    "RESET",
                    "LISTEN",
                    "UNLISTEN",
                    "PREPARE",
                    "DEALLOCATE",
                    "DECLARE CURSOR",
                    "DISCARD",
                    "LOAD",
                    "DO",
                    "CALL",
                    "CLOSE");

    private static final byte[] LISTEN = "LISTEN".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] UNLISTEN = "UNLISTEN".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SET = "SET".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] RESET = "RESET".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DISCARD_ALL = "DISCARD ALL".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] COMMIT = "COMMIT".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ROLLBACK = "ROLLBACK".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PREPARE_TRANSACTION =
            "PREPARE TRANSACTION".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] DEALLOCATE_ONE = "DEALLOCATE".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DEALLOCATE = "DEALLOCATE ALL".getBytes(StandardCharsets.US_ASCII);

    private Traces() {}

    /// Whether this tag is of a command that may leave something.
    public static boolean inTag(ByteBuf bytes, int from, int to) {
        for (byte[] tag : CLEAN) {
            if (startsWith(bytes, from, to, tag)) {
                return false;
            }
        }
        return true;
    }

    /// Whether this tag says that all prepared statements are gone.
    public static boolean discardsStatements(ByteBuf bytes, int from, int to) {
        return isDiscardAll(bytes, from, to) || startsWith(bytes, from, to, DEALLOCATE);
    }

    /// Whether this tag says that one prepared statement is gone, when not all are.
    public static boolean deallocates(ByteBuf bytes, int from, int to) {
        return startsWith(bytes, from, to, DEALLOCATE_ONE);
    }

    public static boolean isListen(ByteBuf bytes, int from, int to) {
        return startsWith(bytes, from, to, LISTEN);
    }

    /// One channel or all: the tag does not tell.
    public static boolean isUnlisten(ByteBuf bytes, int from, int to) {
        return startsWith(bytes, from, to, UNLISTEN);
    }

    public static boolean isSet(ByteBuf bytes, int from, int to) {
        return startsWith(bytes, from, to, SET);
    }

    /// Whether this tag may say that a transaction is over. ROLLBACK TO has it too.
    public static boolean isEnd(ByteBuf bytes, int from, int to) {
        return startsWith(bytes, from, to, COMMIT)
                || startsWith(bytes, from, to, ROLLBACK)
                || startsWith(bytes, from, to, PREPARE_TRANSACTION);
    }

    /// Whether nothing is left of what the session had done before.
    public static boolean isDiscardAll(ByteBuf bytes, int from, int to) {
        return startsWith(bytes, from, to, DISCARD_ALL);
    }

    /// Whether settings have gone back to what they are without a client's wish.
    public static boolean isReset(ByteBuf bytes, int from, int to) {
        return startsWith(bytes, from, to, RESET) || isDiscardAll(bytes, from, to);
    }

    /// Whether this tag is of a command that is neither known to leave nothing nor judged by its
    /// text: of one that defines something.
    public static boolean ofDefinition(ByteBuf bytes, int from, int to) {
        for (byte[] tag : READ) {
            if (startsWith(bytes, from, to, tag)) {
                return false;
            }
        }
        return inTag(bytes, from, to);
    }

    private static boolean startsWith(ByteBuf bytes, int from, int to, byte[] tag) {
        int end = from + tag.length;
        if (end >= to) {
            return false;
        }
        for (int i = 0; i < tag.length; i++) {
            if (bytes.getByte(from + i) != tag[i]) {
                return false;
            }
        }
        byte next = bytes.getByte(end);
        return next == 0 || next == ' ';
    }

    private static byte[][] tags(String... words) {
        byte[][] tags = new byte[words.length][];
        for (int i = 0; i < words.length; i++) {
            tags[i] = words[i].getBytes(StandardCharsets.US_ASCII);
        }
        return tags;
    }
}
