package dev.pointsman.core.wire.message;

import dev.pointsman.core.wire.BackendType;

import io.netty.buffer.ByteBuf;

import java.util.List;

/// Writes what a server says while a client logs in.
public final class LoginReplies {
    private LoginReplies() {}

    public static void authenticationOk(ByteBuf out) {
        request(out, 0, "");
    }

    public static void cleartextPassword(ByteBuf out) {
        request(out, 3, "");
    }

    /// Asks for the hash with a salt of four random bytes, the first one highest.
    public static void md5Password(ByteBuf out, int salt) {
        int length = Fields.begin(out, BackendType.AUTHENTICATION);
        out.writeInt(5).writeInt(salt);
        Fields.end(out, length);
    }

    public static void sasl(ByteBuf out, List<String> mechanisms) {
        int length = Fields.begin(out, BackendType.AUTHENTICATION);
        out.writeInt(10);
        for (var mechanism : mechanisms) {
            Fields.writeString(out, mechanism);
        }
        out.writeByte(0);
        Fields.end(out, length);
    }

    public static void saslContinue(ByteBuf out, String data) {
        request(out, 11, data);
    }

    public static void saslFinal(ByteBuf out, String data) {
        request(out, 12, data);
    }

    public static void backendKeyData(ByteBuf out, CancelKey key) {
        int length = Fields.begin(out, BackendType.BACKEND_KEY_DATA);
        key.write(out);
        Fields.end(out, length);
    }

    public static void parameterStatus(ByteBuf out, String name, String value) {
        int length = Fields.begin(out, BackendType.PARAMETER_STATUS);
        Fields.writeString(out, name);
        Fields.writeString(out, value);
        Fields.end(out, length);
    }

    public static void negotiateProtocolVersion(ByteBuf out, NegotiateProtocolVersion answer) {
        int length = Fields.begin(out, BackendType.NEGOTIATE_PROTOCOL_VERSION);
        out.writeInt(answer.version()).writeInt(answer.unknownOptions().size());
        for (var option : answer.unknownOptions()) {
            Fields.writeString(out, option);
        }
        Fields.end(out, length);
    }

    private static void request(ByteBuf out, int code, String data) {
        int length = Fields.begin(out, BackendType.AUTHENTICATION);
        out.writeInt(code);
        Fields.writeText(out, data);
        Fields.end(out, length);
    }
}
