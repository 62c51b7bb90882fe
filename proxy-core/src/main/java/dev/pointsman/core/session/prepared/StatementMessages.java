package dev.pointsman.core.session.prepared;

import dev.pointsman.core.wire.FrameScanner;
import dev.pointsman.core.wire.FrontendType;
import dev.pointsman.core.wire.Protocol;
import dev.pointsman.core.wire.sql.Keyword;

import io.netty.buffer.ByteBuf;

import java.nio.charset.StandardCharsets;

/// Messages, or their beginnings, with names as bytes.
final class StatementMessages {
    /// What comes before the body of a message.
    static final int HEAD = Protocol.HEADER_BYTES;

    /// The name of statements that nobody uses.
    static final byte[] NOBODYS = bytes(ServerStatements.PREFIX + "0");

    private StatementMessages() {}

    static byte[] bytes(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    /// Whether a Query may do away with what is prepared.
    static boolean mayDiscard(FrameScanner query) {
        int from = query.bodyStart();
        Keyword said = Keyword.first(query.bytes(), from, from + query.bodyKept());
        return said == Keyword.DISCARD || said == Keyword.DEALLOCATE;
    }

    /// A Parse up to where its text, of so many bytes with all that follows, begins.
    static void parse(ByteBuf out, byte[] name, int rest) {
        out.writeByte(FrontendType.PARSE);
        out.writeInt(Integer.BYTES + name.length + 1 + rest);
        out.writeBytes(name).writeByte(0);
    }

    /// A Bind up to the end of its statement's name. `portal`: the length of the portal's name with
    /// its zero; `before`: of the statement's name that is exchanged.
    static void bind(ByteBuf out, FrameScanner message, int portal, byte[] name, int before) {
        out.writeByte(FrontendType.BIND);
        out.writeInt(Integer.BYTES + message.bodyLength() - before + name.length);
        out.writeBytes(message.bytes(), message.bodyStart(), portal);
        out.writeBytes(name).writeByte(0);
    }

    static void describe(ByteBuf out, byte[] name) {
        ofStatement(out, FrontendType.DESCRIBE, name);
    }

    static void close(ByteBuf out, byte[] name) {
        ofStatement(out, FrontendType.CLOSE, name);
    }

    static void sync(ByteBuf out) {
        out.writeByte(FrontendType.SYNC).writeInt(Integer.BYTES);
    }

    private static void ofStatement(ByteBuf out, byte type, byte[] name) {
        out.writeByte(type);
        out.writeInt(Integer.BYTES + 1 + name.length + 1);
        out.writeByte('S').writeBytes(name).writeByte(0);
    }
}
