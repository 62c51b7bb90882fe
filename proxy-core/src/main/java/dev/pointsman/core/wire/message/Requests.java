package dev.pointsman.core.wire.message;

import dev.pointsman.core.wire.FrontendType;
import dev.pointsman.core.wire.Protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

import java.util.Map;

/// Writes what a client says to a server.
public final class Requests {
    private Requests() {}

    /// Starts a session with a version such as [Protocol#VERSION_3_0].
    public static void startup(ByteBuf out, int version, Map<String, String> parameters) {
        int length = Fields.beginUntyped(out);
        out.writeInt(version);
        parameters.forEach(
                (name, value) -> {
                    Fields.writeString(out, name);
                    Fields.writeString(out, value);
                });
        out.writeByte(0);
        Fields.end(out, length);
    }

    public static void sslRequest(ByteBuf out) {
        out.writeInt(8).writeInt(Protocol.SSL_REQUEST);
    }

    public static void cancelRequest(ByteBuf out, CancelKey key) {
        int length = Fields.beginUntyped(out);
        out.writeInt(Protocol.CANCEL_REQUEST);
        key.write(out);
        Fields.end(out, length);
    }

    /// A password in clear, or `md5…` when that was asked for.
    public static void password(ByteBuf out, String password) {
        string(out, FrontendType.PASSWORD, password);
    }

    public static void saslInitialResponse(ByteBuf out, String mechanism, String data) {
        int length = Fields.begin(out, FrontendType.PASSWORD);
        Fields.writeString(out, mechanism);
        out.writeInt(ByteBufUtil.utf8Bytes(data));
        Fields.writeText(out, data);
        Fields.end(out, length);
    }

    public static void saslResponse(ByteBuf out, String data) {
        int length = Fields.begin(out, FrontendType.PASSWORD);
        Fields.writeText(out, data);
        Fields.end(out, length);
    }

    public static void query(ByteBuf out, String sql) {
        string(out, FrontendType.QUERY, sql);
    }

    /// Parameter types are left to the server.
    public static void parse(ByteBuf out, String statement, String sql) {
        int length = Fields.begin(out, FrontendType.PARSE);
        Fields.writeString(out, statement);
        Fields.writeString(out, sql);
        out.writeShort(0);
        Fields.end(out, length);
    }

    public static void sync(ByteBuf out) {
        Fields.empty(out, FrontendType.SYNC);
    }

    public static void flush(ByteBuf out) {
        Fields.empty(out, FrontendType.FLUSH);
    }

    public static void copyFail(ByteBuf out, String reason) {
        string(out, FrontendType.COPY_FAIL, reason);
    }

    public static void terminate(ByteBuf out) {
        Fields.empty(out, FrontendType.TERMINATE);
    }

    private static void string(ByteBuf out, byte type, String text) {
        int length = Fields.begin(out, type);
        Fields.writeString(out, text);
        Fields.end(out, length);
    }
}
