package dev.pointsman.core.wire.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Bytes of a message in a form for people: printable ASCII as it is, other bytes as `.` and hex.
final class Written {
    private Written() {}

    static String text(Consumer<ByteBuf> writer) {
        var out = Unpooled.buffer();
        writer.accept(out);
        var text = new StringBuilder();
        while (out.isReadable()) {
            int b = out.readUnsignedByte();
            if (b > ' ' && b < 0x7f && b != '.') {
                text.append((char) b);
            } else {
                text.append(String.format(".%02x", b));
            }
        }
        return text.toString();
    }

    /// A body of ASCII text in which `~` stands for a zero byte.
    static ByteBuf body(String text) {
        return Unpooled.copiedBuffer(text.replace('~', '\0'), StandardCharsets.ISO_8859_1);
    }
}
