package dev.pointsman.core.wire.message;

import dev.pointsman.core.wire.ProtocolViolation;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

import java.nio.charset.StandardCharsets;

/// The parts that messages are made of: lengths in front, strings with a zero byte behind.
final class Fields {
    private Fields() {}

    /// Starts a message with a type byte; give the result to [#end].
    static int begin(ByteBuf out, byte type) {
        out.writeByte(type);
        return beginUntyped(out);
    }

    static int beginUntyped(ByteBuf out) {
        int lengthAt = out.writerIndex();
        out.writeInt(0);
        return lengthAt;
    }

    static void end(ByteBuf out, int lengthAt) {
        out.setInt(lengthAt, out.writerIndex() - lengthAt);
    }

    static void empty(ByteBuf out, byte type) {
        out.writeByte(type).writeInt(4);
    }

    /// @throws IllegalArgumentException when the text holds a zero byte, which would end it early
    static void writeString(ByteBuf out, String text) {
        if (text.indexOf(0) >= 0) {
            throw new IllegalArgumentException("text for the wire holds a zero byte");
        }
        ByteBufUtil.writeUtf8(out, text);
        out.writeByte(0);
    }

    static void writeText(ByteBuf out, String text) {
        ByteBufUtil.writeUtf8(out, text);
    }

    static String readString(ByteBuf in, String message) {
        int from = in.readerIndex();
        int end = in.indexOf(from, in.writerIndex(), (byte) 0);
        if (end < 0) {
            throw new ProtocolViolation(message + " holds a string without an end");
        }
        var text = in.toString(from, end - from, StandardCharsets.UTF_8);
        in.readerIndex(end + 1);
        return text;
    }

    static String readText(ByteBuf in) {
        return readText(in, in.readableBytes());
    }

    static String readText(ByteBuf in, int bytes) {
        return in.readCharSequence(bytes, StandardCharsets.UTF_8).toString();
    }

    static int readInt(ByteBuf in, String message) {
        need(in, 4, message);
        return in.readInt();
    }

    static void need(ByteBuf in, int bytes, String message) {
        if (in.readableBytes() < bytes) {
            throw new ProtocolViolation(message + " is too short");
        }
    }

    static void needEnd(ByteBuf in, String message) {
        if (in.isReadable()) {
            throw new ProtocolViolation(
                    "%s has %d bytes too many".formatted(message, in.readableBytes()));
        }
    }
}
