package dev.pointsman.cli.admin;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a command answered: rows of a few columns, or none.
public record Answer(List<Column> columns, List<Row> rows) {
    public Answer {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }

    /// A column's name, and whether its values are written bare in JSON.
    public record Column(String name, boolean bare) {}

    /// The column of this name.
    ///
    /// @throws dev.pointsman.cli.CommandFailure when there is none
    public Column column(String name) {
        return columns.stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElseThrow(() -> Row.noColumn(name));
    }

    /// A row of these columns in which everything is NULL.
    public Row absent() {
        return new Row(Set.copyOf(names()), Map.of());
    }

    /// The columns' names.
    public List<String> names() {
        return columns.stream().map(Column::name).toList();
    }
}
