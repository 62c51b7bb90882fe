package dev.pointsman.core.simulation.net;

import io.netty.buffer.ByteBuf;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Bytes on their way, first in, first out. Also writes messages and reads whole ones.
public final class ByteQueue {
    private byte[] bytes = new byte[512];
    private int from;
    private int to;
    private int begun;

    public int size() {
        return to - from;
    }

    public void clear() {
        from = 0;
        to = 0;
    }

    /// Takes all that a buffer has.
    public void add(ByteBuf buffer) {
        int count = buffer.readableBytes();
        room(count);
        buffer.readBytes(bytes, to, count);
        to += count;
    }

    /// Moves the first so many bytes into a buffer.
    public void moveTo(ByteBuf buffer, int count) {
        buffer.writeBytes(bytes, from, count);
        from += count;
    }

    /// Moves everything into another queue.
    public void moveTo(ByteQueue other) {
        other.room(size());
        System.arraycopy(bytes, from, other.bytes, other.to, size());
        other.to += size();
        clear();
    }

    public int int8(int at) {
        return bytes[from + at];
    }

    public int int32(int at) {
        int i = from + at;
        return (bytes[i] & 0xff) << 24
                | (bytes[i + 1] & 0xff) << 16
                | (bytes[i + 2] & 0xff) << 8
                | (bytes[i + 3] & 0xff);
    }

    /// The text that ends with a zero byte.
    public String text(int at) {
        int end = from + at;
        while (bytes[end] != 0) {
            end++;
        }
        return new String(bytes, from + at, end - from - at, StandardCharsets.US_ASCII);
    }

    /// The length of the first message with its type byte, 0 when it is not whole yet.
    public int message() {
        if (size() < 5) {
            return 0;
        }
        int length = 1 + int32(1);
        return size() < length ? 0 : length;
    }

    /// The length of the first packet without type byte, 0 when it is not whole yet.
    public int packet() {
        if (size() < 4) {
            return 0;
        }
        int length = int32(0);
        return size() < length ? 0 : length;
    }

    public void skip(int count) {
        from += count;
    }

    /// Begins a message; [#end] sets its length.
    public ByteQueue begin(char type) {
        room(5);
        bytes[to++] = (byte) type;
        begun = to;
        to += 4;
        return this;
    }

    public ByteQueue with8(int value) {
        room(1);
        bytes[to++] = (byte) value;
        return this;
    }

    public ByteQueue with16(int value) {
        return with8(value >> 8).with8(value);
    }

    public ByteQueue with32(int value) {
        return with16(value >> 16).with16(value);
    }

    public ByteQueue with(String text) {
        room(text.length() + 1);
        for (int i = 0; i < text.length(); i++) {
            bytes[to++] = (byte) text.charAt(i);
        }
        bytes[to++] = 0;
        return this;
    }

    /// A DataRow's value.
    public ByteQueue withValue(String text) {
        with32(text.length()).with(text);
        to--;
        return this;
    }

    public void end() {
        int length = to - begun;
        bytes[begun] = (byte) (length >> 24);
        bytes[begun + 1] = (byte) (length >> 16);
        bytes[begun + 2] = (byte) (length >> 8);
        bytes[begun + 3] = (byte) length;
    }

    private void room(int count) {
        if (from > 0 && from == to) {
            clear();
        }
        if (to + count > bytes.length) {
            byte[] wider = size() + count > bytes.length ? new byte[2 * (size() + count)] : bytes;
            System.arraycopy(bytes, from, wider, 0, size());
            begun -= from;
            to -= from;
            from = 0;
            bytes = wider;
        }
    }

    @Override
    public String toString() {
        return Arrays.toString(Arrays.copyOfRange(bytes, from, to));
    }
}
