package dev.pointsman.cli.admin;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// One row of an answer. What is NULL in it is absent.
public record Row(Map<String, String> values) {
    public Row {
        values = Map.copyOf(new LinkedHashMap<>(values));
    }

    public Optional<String> value(String column) {
        return Optional.ofNullable(values.get(column));
    }

    /// The text, empty when it is NULL or there is no such column.
    public String text(String column) {
        return value(column).orElse("");
    }

    /// The number, zero when it is NULL or there is no such column.
    public double number(String column) {
        try {
            return Double.parseDouble(value(column).orElse("0"));
        } catch (NumberFormatException _) {
            return 0;
        }
    }

    /// A number of milliseconds for people.
    public String millis(String column) {
        return value(column).map(ms -> ms + " ms").orElse("-");
    }
}
