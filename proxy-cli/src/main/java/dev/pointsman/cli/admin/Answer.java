package dev.pointsman.cli.admin;

import java.util.List;

/// What a command answered: rows of a few columns, or none.
public record Answer(List<Column> columns, List<Row> rows) {
    public Answer {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }

    /// A column's name, and whether its values are written bare in JSON.
    public record Column(String name, boolean bare) {}

    /// The columns' names.
    public List<String> names() {
        return columns.stream().map(Column::name).toList();
    }
}
