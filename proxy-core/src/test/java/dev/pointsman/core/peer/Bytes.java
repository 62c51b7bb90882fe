package dev.pointsman.core.peer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Builds what goes on the wire: big-endian numbers, zero-terminated strings, raw bytes.
public final class Bytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private Bytes() {}

    public static Bytes empty() {
        return new Bytes();
    }

    public Bytes int8(int value) {
        out.write(value);
        return this;
    }

    public Bytes int16(int value) {
        return int8(value >>> 8).int8(value);
    }

    public Bytes int32(int value) {
        return int16(value >>> 16).int16(value);
    }

    /// UTF-8 with a zero byte behind it.
    public Bytes string(String value) {
        return raw(value.getBytes(StandardCharsets.UTF_8)).int8(0);
    }

    public Bytes raw(byte[] value) {
        out.writeBytes(value);
        return this;
    }

    public byte[] toArray() {
        return out.toByteArray();
    }

    /// These bytes as a message of `type`: type, length, body.
    public byte[] asMessage(char type) {
        return empty().int8(type).raw(asPacket()).toArray();
    }

    /// These bytes with their length in front, as start-up packets go.
    public byte[] asPacket() {
        return empty().int32(out.size() + Integer.BYTES).raw(toArray()).toArray();
    }
}
