package dev.pointsman.core.wire.message;

import io.netty.buffer.ByteBuf;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// An ErrorResponse or NoticeResponse of a server, for logs and decisions; what the client gets is
/// the message itself, unchanged.
///
/// @param fields by field letter, in the order sent
public record ServerMessage(Map<Character, String> fields) {
    public ServerMessage {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /// Reads as much as is there: a scanner may have kept only the beginning of a long body.
    public static ServerMessage decode(ByteBuf body) {
        var fields = new LinkedHashMap<Character, String>();
        while (body.isReadable()) {
            byte field = body.readByte();
            if (field == 0) {
                break;
            }
            int from = body.readerIndex();
            int zero = body.indexOf(from, body.writerIndex(), (byte) 0);
            int end = zero < 0 ? body.writerIndex() : zero;
            fields.put((char) field, body.toString(from, end - from, StandardCharsets.UTF_8));
            body.readerIndex(zero < 0 ? end : end + 1);
        }
        return new ServerMessage(fields);
    }

    /// `ERROR`, `FATAL`, `PANIC`, `WARNING`, `NOTICE` and so on, not translated where the server
    /// says so (9.6 and later).
    public String severity() {
        var untranslated = field('V');
        return untranslated.isEmpty() ? field('S') : untranslated;
    }

    /// Five characters, or empty when the server sent none.
    public String sqlState() {
        return field('C');
    }

    public String message() {
        return field('M');
    }

    public String detail() {
        return field('D');
    }

    public String hint() {
        return field('H');
    }

    /// Empty when the field was not sent.
    public String field(char letter) {
        return fields.getOrDefault(letter, "");
    }

    /// Whether the server closes the connection after this message.
    public boolean endsConnection() {
        return severity().equals("FATAL") || severity().equals("PANIC");
    }

    /// For one line of a log: `ERROR 42P01: relation "t" does not exist`.
    public String summary() {
        return severity() + " " + sqlState() + ": " + message();
    }
}
