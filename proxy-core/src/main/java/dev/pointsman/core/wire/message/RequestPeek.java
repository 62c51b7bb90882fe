package dev.pointsman.core.wire.message;

import dev.pointsman.core.wire.ProtocolViolation;

import io.netty.buffer.ByteBuf;

import java.nio.charset.StandardCharsets;

/// Looks into a client's messages, mostly without allocation.
///
/// The methods with `from` and `to` take a message's body where it lies: `from` is its first byte
/// and `to` the end of the bytes at hand, which may be only the beginning of a long body. Names are
/// needed seldom; whether there is one can be told from a single byte.
public final class RequestPeek {
    /// What a client answers to a list of SASL mechanisms. `data` is empty when it sent none.
    public record SaslInitial(String mechanism, String data) {}

    private RequestPeek() {}

    /// Whether a Parse, or a Describe or Close from its second byte on, carries a name.
    public static boolean named(ByteBuf bytes, int from, int to) {
        return from < to && bytes.getByte(from) != 0;
    }

    /// The name of the statement that a Parse makes; empty for the unnamed one.
    public static String parseStatement(ByteBuf bytes, int from, int to) {
        return string(bytes, from, to);
    }

    /// Where a Parse's SQL text begins, for [dev.pointsman.core.wire.sql.Keyword#first] and the
    /// like.
    public static int parseSqlStart(ByteBuf bytes, int from, int to) {
        return end(bytes, from, to) + 1;
    }

    /// Where the name of a Bind's statement begins, for [#named] and [#string].
    public static int bindStatementStart(ByteBuf bytes, int from, int to) {
        return end(bytes, from, to) + 1;
    }

    /// The name of the statement that a Bind uses; empty for the unnamed one.
    public static String bindStatement(ByteBuf bytes, int from, int to) {
        return string(bytes, bindStatementStart(bytes, from, to), to);
    }

    /// Whether a Describe or Close speaks of a statement rather than a portal.
    public static boolean ofStatement(ByteBuf bytes, int from, int to) {
        return from < to && bytes.getByte(from) == 'S';
    }

    /// The name in a Describe or Close.
    public static String targetName(ByteBuf bytes, int from, int to) {
        return string(bytes, from + 1, to);
    }

    /// The string that starts at `from`.
    ///
    /// @throws ProtocolViolation when its end is not before `to`
    public static String string(ByteBuf bytes, int from, int to) {
        return bytes.toString(from, end(bytes, from, to) - from, StandardCharsets.UTF_8);
    }

    /// Reads the body of a PasswordMessage.
    public static String password(ByteBuf body) {
        var password = Fields.readString(body, "a password message");
        Fields.needEnd(body, "a password message");
        return password;
    }

    /// Reads the body of a SASLInitialResponse.
    public static SaslInitial saslInitial(ByteBuf body) {
        var mechanism = Fields.readString(body, "a SASL response");
        int length = Fields.readInt(body, "a SASL response");
        int rest = body.readableBytes();
        if (length != rest && (length != -1 || rest != 0)) {
            throw new ProtocolViolation(
                    "a SASL response announces %d bytes and has %d".formatted(length, rest));
        }
        return new SaslInitial(mechanism, Fields.readText(body));
    }

    /// Reads the body of a SASLResponse.
    public static String saslResponse(ByteBuf body) {
        return Fields.readText(body);
    }

    /// Where the string that starts at `from` ends, at its zero.
    ///
    /// @throws ProtocolViolation when its end is not before `to`
    public static int requireEnd(ByteBuf bytes, int from, int to) {
        return end(bytes, from, to);
    }

    private static int end(ByteBuf bytes, int from, int to) {
        int zero = from > to ? -1 : bytes.indexOf(from, to, (byte) 0);
        if (zero < 0) {
            throw new ProtocolViolation("a client's message holds a string without an end");
        }
        return zero;
    }
}
