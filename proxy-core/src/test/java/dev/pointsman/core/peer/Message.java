package dev.pointsman.core.peer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One message as it came: its type byte and its body without the length. Start-up packets have the
/// type `0`.
@SuppressWarnings("ArrayRecordComponent") // a body is bytes; equality is defined below
public record Message(char type, byte[] body) {

    /// The big-endian number at `offset` of the body.
    public int int32(int offset) {
        return ByteBuffer.wrap(body).getInt(offset);
    }

    /// The zero-terminated strings from `offset` to the end of the body, empty ones included.
    public List<String> strings(int offset) {
        var found = new ArrayList<String>();
        int begin = offset;
        for (int i = offset; i < body.length; i++) {
            if (body[i] == 0) {
                found.add(new String(body, begin, i - begin, StandardCharsets.UTF_8));
                begin = i + 1;
            }
        }
        return found;
    }

    /// The first zero-terminated string of the body: the SQL of a Query, the tag of a
    /// CommandComplete.
    public String text() {
        return strings(0).getFirst();
    }

    /// The fields of an ErrorResponse or NoticeResponse by their letters.
    public Map<Character, String> fields() {
        var fields = new LinkedHashMap<Character, String>();
        for (var field : strings(0)) {
            if (!field.isEmpty()) {
                fields.put(field.charAt(0), field.substring(1));
            }
        }
        return fields;
    }

    /// The SQLSTATE of an ErrorResponse or NoticeResponse.
    public String sqlState() {
        return fields().getOrDefault('C', "");
    }

    /// The values of a DataRow as text; `NULL` for an absent one.
    public List<String> values() {
        var values = new ArrayList<String>();
        var in = ByteBuffer.wrap(body);
        for (int left = in.getShort(); left > 0; left--) {
            int length = in.getInt();
            if (length < 0) {
                values.add("NULL");
            } else {
                var value = new byte[length];
                in.get(value);
                values.add(new String(value, StandardCharsets.UTF_8));
            }
        }
        return values;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Message message
                && message.type == type
                && Arrays.equals(message.body, body);
    }

    @Override
    public int hashCode() {
        return 31 * type + Arrays.hashCode(body);
    }

    @Override
    public String toString() {
        var name = type == 0 ? "start-up" : String.valueOf(type);
        var shown = new StringBuilder(name).append(' ');
        for (byte one : body) {
            shown.append(one >= ' ' && one < 127 ? (char) one : '.');
        }
        return shown.append(" (").append(HexFormat.of().formatHex(body)).append(')').toString();
    }
}
