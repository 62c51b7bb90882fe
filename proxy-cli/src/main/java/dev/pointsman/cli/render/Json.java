package dev.pointsman.cli.render;

import com.fasterxml.jackson.jr.ob.JSON;

import dev.pointsman.cli.admin.Answer;
import dev.pointsman.cli.admin.Row;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Answers as JSON, for programs.
public final class Json {
    private static final JSON WRITER =
            JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES, JSON.Feature.PRESERVE_FIELD_ORDERING);

    private Json() {}

    /// The rows as objects with the columns as keys.
    public static List<Map<String, @Nullable Object>> rows(Answer answer) {
        return answer.rows().stream().map(row -> object(answer, row)).toList();
    }

    /// One row as an object; what is NULL in it is null.
    public static Map<String, @Nullable Object> object(Answer answer, Row row) {
        var object = new LinkedHashMap<String, @Nullable Object>();
        for (var column : answer.columns()) {
            var text = row.value(column.name());
            object.put(
                    column.name(),
                    text.isEmpty() ? null : column.bare() ? bare(text.get()) : text.get());
        }
        return object;
    }

    /// `value` in one line.
    public static String text(Object value) {
        try {
            return WRITER.asString(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Object bare(String text) {
        return switch (text) {
            case "t", "true" -> true;
            case "f", "false" -> false;
            default -> number(text);
        };
    }

    private static Object number(String text) {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException _) {
            return text;
        }
    }
}
