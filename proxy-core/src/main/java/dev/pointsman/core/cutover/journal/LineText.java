package dev.pointsman.core.cutover.journal;

import com.fasterxml.jackson.jr.ob.JSON;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/// A journal line as text: a checksum in eight hexadecimal digits, a space, one JSON object.
final class LineText {
    static final int VERSION = 1;

    private LineText() {}

    static String write(Line line) throws IOException {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("v", VERSION);
        fields.put("kind", line.kind().name());
        fields.put("attempt", line.turn().attempt());
        fields.put("epoch", line.turn().epoch());
        fields.put("from", line.turn().from());
        fields.put("server", line.turn().server());
        fields.put("databases", line.databases());
        fields.put("source_lsn", line.positions().source());
        fields.put("target_lsn", line.positions().target());
        fields.put("at", line.at().toString());
        var json = JSON.std.asString(fields);
        return checksum(json) + " " + json + "\n";
    }

    /// Empty when the text is torn or damaged.
    static Optional<Line> read(String text) throws IOException {
        if (text.length() < 10
                || text.charAt(8) != ' '
                || !text.substring(0, 8).equals(checksum(text.substring(9)))) {
            return Optional.empty();
        }
        var fields = JSON.std.mapFrom(text.substring(9));
        if (!(fields.get("v") instanceof Number version) || version.intValue() != VERSION) {
            throw new IOException(
                    "a line was written by another version of the format: " + fields.get("v"));
        }
        return Optional.of(
                new Line(
                        Line.Kind.valueOf(text(fields, "kind")),
                        new Line.Turn(
                                number(fields, "attempt"),
                                number(fields, "epoch"),
                                text(fields, "from"),
                                text(fields, "server")),
                        databases(fields),
                        new Line.Positions(text(fields, "source_lsn"), text(fields, "target_lsn")),
                        Instant.parse(text(fields, "at"))));
    }

    private static List<String> databases(Map<String, Object> fields) throws IOException {
        if (fields.get("databases") instanceof List<?> list) {
            return list.stream().map(String::valueOf).toList();
        }
        throw new IOException("a line names no databases");
    }

    private static long number(Map<String, Object> fields, String name) throws IOException {
        if (fields.get(name) instanceof Number number) {
            return number.longValue();
        }
        throw new IOException("a line has no number " + name);
    }

    private static String text(Map<String, Object> fields, String name) throws IOException {
        if (fields.get(name) instanceof String text) {
            return text;
        }
        throw new IOException("a line has no text " + name);
    }

    private static String checksum(String json) {
        var crc = new CRC32C();
        crc.update(json.getBytes(StandardCharsets.UTF_8));
        return String.format("%08x", crc.getValue());
    }
}
