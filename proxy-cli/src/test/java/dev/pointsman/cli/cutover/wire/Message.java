package dev.pointsman.cli.cutover.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// One message of a client, byte by byte.
public final class Message {
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final int type;

    private Message(int type) {
        this.type = type;
    }

    /// Without a type, as start-up packets are.
    static Message bare() {
        return new Message(0);
    }

    public static Message query(String sql) {
        return new Message('Q').text(sql);
    }

    /// A text in whatever encoding.
    public static Message query(byte[] sql) {
        return new Message('Q').raw(sql).int8(0);
    }

    public static Message parse(String name, String sql) {
        return parse(name, sql.getBytes(StandardCharsets.UTF_8));
    }

    /// A text in whatever encoding.
    public static Message parse(String name, byte[] sql) {
        return new Message('P').text(name).raw(sql).int8(0).int16(0);
    }

    /// Binds the unnamed portal without parameters.
    public static Message bind(String statement) {
        return new Message('B').text("").text(statement).int16(0).int16(0).int16(0);
    }

    public static Message describeStatement(String statement) {
        return new Message('D').int8('S').text(statement);
    }

    public static Message closeStatement(String statement) {
        return new Message('C').int8('S').text(statement);
    }

    public static Message execute() {
        return new Message('E').text("").int32(0);
    }

    public static Message sync() {
        return new Message('S');
    }

    public static Message copyData(byte[] data) {
        return new Message('d').raw(data);
    }

    public static Message copyDone() {
        return new Message('c');
    }

    Message int8(int value) {
        body.write(value);
        return this;
    }

    Message int16(int value) {
        return int8(value >> 8).int8(value);
    }

    Message int32(int value) {
        return int16(value >> 16).int16(value);
    }

    Message text(String value) {
        return raw(value.getBytes(StandardCharsets.UTF_8)).int8(0);
    }

    Message raw(byte[] value) {
        body.writeBytes(value);
        return this;
    }

    byte[] bytes() {
        var packet = ByteBuffer.allocate((type == 0 ? 0 : 1) + 4 + body.size());
        if (type != 0) {
            packet.put((byte) type);
        }
        return packet.putInt(4 + body.size()).put(body.toByteArray()).array();
    }

    /// A server's message in words.
    static String words(char type, byte[] body) {
        return switch (type) {
            case 'Z' -> "Z " + (char) body[0];
            case 'C' -> "C " + text(body, 0);
            case 'E', 'N' -> type + " " + field(body, 'C') + " " + field(body, 'M');
            case 'S' -> {
                String name = text(body, 0);
                int value = name.getBytes(StandardCharsets.UTF_8).length + 1;
                yield "S " + name + "=" + text(body, value);
            }
            case 'D' -> "D " + firstColumn(body);
            default -> String.valueOf(type);
        };
    }

    private static String text(byte[] body, int from) {
        int end = from;
        while (body[end] != 0) {
            end++;
        }
        return new String(body, from, end - from, StandardCharsets.UTF_8);
    }

    private static String field(byte[] body, char wanted) {
        for (int at = 0; body[at] != 0; ) {
            var value = text(body, at + 1);
            if (body[at] == wanted) {
                return value;
            }
            at += 2 + value.getBytes(StandardCharsets.UTF_8).length;
        }
        return "";
    }

    private static String firstColumn(byte[] body) {
        int length = ByteBuffer.wrap(body).getInt(2);
        return length < 0 ? "NULL" : new String(body, 6, length, StandardCharsets.UTF_8);
    }
}
