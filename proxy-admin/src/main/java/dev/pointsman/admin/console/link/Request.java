package dev.pointsman.admin.console.link;

import dev.pointsman.admin.console.link.ResultWriter.Formats;
import dev.pointsman.admin.rows.CellFormat;
import dev.pointsman.core.wire.FrontendType;
import dev.pointsman.core.wire.ProtocolViolation;

import io.netty.buffer.ByteBuf;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;

/// A message of a client that has logged in.
public sealed interface Request {
    record Query(String sql) implements Request {}

    record Parse(String statement, String sql) implements Request {}

    record Bind(String portal, String statement, int parameters, Formats formats)
            implements Request {}

    record Describe(boolean ofStatement, String name) implements Request {}

    record Execute(String portal, int rowsMax) implements Request {}

    record Close(boolean ofStatement, String name) implements Request {}

    record Sync() implements Request {}

    record Flush() implements Request {}

    record Terminate() implements Request {}

    /// Known to PostgreSQL, of no use here.
    record Unsupported(String what) implements Request {}

    /// Reads a message; throws [ProtocolViolation] for what is not the protocol.
    static Request of(Incoming.Message message) {
        var body = message.body();
        var request =
                switch (message.type()) {
                    case FrontendType.QUERY -> new Query(string(body));
                    case FrontendType.PARSE -> parse(body);
                    case FrontendType.BIND -> bind(body);
                    case FrontendType.DESCRIBE -> new Describe(ofStatement(body), string(body));
                    case FrontendType.EXECUTE -> new Execute(string(body), integer(body));
                    case FrontendType.CLOSE -> new Close(ofStatement(body), string(body));
                    case FrontendType.SYNC -> new Sync();
                    case FrontendType.FLUSH -> new Flush();
                    case FrontendType.TERMINATE -> new Terminate();
                    case FrontendType.FUNCTION_CALL -> skip(body, "function calls");
                    case FrontendType.COPY_DATA, FrontendType.COPY_DONE, FrontendType.COPY_FAIL ->
                            skip(body, "COPY");
                    default ->
                            throw new ProtocolViolation(
                                    "a message has the unknown type 0x%02x"
                                            .formatted(message.type()));
                };
        if (body.isReadable()) {
            throw new ProtocolViolation("a message is longer than what it holds");
        }
        return request;
    }

    private static Request skip(ByteBuf body, String what) {
        body.skipBytes(body.readableBytes());
        return new Unsupported(what);
    }

    private static Parse parse(ByteBuf body) {
        var parse = new Parse(string(body), string(body));
        body.skipBytes(count(body, Integer.BYTES) * Integer.BYTES);
        return parse;
    }

    private static Bind bind(ByteBuf body) {
        var portal = string(body);
        var statement = string(body);
        body.skipBytes(count(body, Short.BYTES) * Short.BYTES);
        int parameters = count(body, Integer.BYTES);
        for (int i = 0; i < parameters; i++) {
            int length = integer(body);
            if (length > body.readableBytes()) {
                throw new ProtocolViolation("a parameter is longer than its message");
            }
            body.skipBytes(Math.max(0, length));
        }
        var formats = new ArrayList<CellFormat>();
        for (int i = count(body, Short.BYTES); i > 0; i--) {
            formats.add(format(body.readShort()));
        }
        return new Bind(portal, statement, parameters, new Formats(formats));
    }

    private static CellFormat format(int code) {
        return switch (code) {
            case 0 -> CellFormat.TEXT;
            case 1 -> CellFormat.BINARY;
            default -> throw new ProtocolViolation("there is no format " + code);
        };
    }

    /// How many things of at least `bytesEach` follow.
    private static int count(ByteBuf body, int bytesEach) {
        if (body.readableBytes() < Short.BYTES) {
            throw new ProtocolViolation("a message ends too early");
        }
        int count = body.readUnsignedShort();
        if (count * bytesEach > body.readableBytes()) {
            throw new ProtocolViolation("a message announces more than it holds");
        }
        return count;
    }

    private static int integer(ByteBuf body) {
        if (body.readableBytes() < Integer.BYTES) {
            throw new ProtocolViolation("a message ends too early");
        }
        return body.readInt();
    }

    private static boolean ofStatement(ByteBuf body) {
        byte kind = body.isReadable() ? body.readByte() : 0;
        return switch (kind) {
            case 'S' -> true;
            case 'P' -> false;
            default -> throw new ProtocolViolation("neither a statement nor a portal");
        };
    }

    private static String string(ByteBuf body) {
        int length = body.bytesBefore((byte) 0);
        if (length < 0) {
            throw new ProtocolViolation("a text in a message does not end");
        }
        var text = body.readCharSequence(length, StandardCharsets.UTF_8).toString();
        body.skipBytes(1);
        return text;
    }
}
