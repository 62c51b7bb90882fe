package dev.pointsman.cli.admin;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.ExitCode;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One row of an answer. What is NULL in it is absent; to ask for a column that the answer does not
/// have is a failure, so that nothing vanishes silently.
public record Row(Set<String> columns, Map<String, String> values) {
    public Row {
        columns = Set.copyOf(columns);
        values = Map.copyOf(values);
    }

    /// The value; empty when it is NULL.
    ///
    /// @throws CommandFailure when there is no such column
    public Optional<String> value(String column) {
        if (!columns.contains(column)) {
            throw noColumn(column);
        }
        return Optional.ofNullable(values.get(column));
    }

    static CommandFailure noColumn(String column) {
        return new CommandFailure(
                ExitCode.FAILED,
                "the proxy's answer has no column %s; use the command line of the proxy's own version"
                        .formatted(column));
    }

    /// The text, empty when it is NULL.
    public String text(String column) {
        return value(column).orElse("");
    }

    /// The number, zero when it is NULL.
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
