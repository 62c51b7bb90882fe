package dev.pointsman.admin.rows;

import java.util.ArrayList;
import java.util.List;

/// What a command answers: rows under columns, and the tag of its CommandComplete. A command
/// without rows has no columns.
public record Rows(List<Column> columns, List<List<Cell>> rows, String tag) {

    public Rows {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
        for (var row : rows) {
            if (row.size() != columns.size()) {
                throw new IllegalArgumentException(
                        "a row of "
                                + row.size()
                                + " cells under "
                                + columns.size()
                                + " columns of "
                                + tag);
            }
        }
    }

    /// Nothing but the tag.
    public static Rows done(String tag) {
        return new Rows(List.of(), List.of(), tag);
    }

    public static Builder under(List<Column> columns) {
        return new Builder(columns);
    }

    /// Collects rows; not thread-safe.
    public static final class Builder {
        private final List<Column> columns;
        private final List<List<Cell>> rows = new ArrayList<>();

        private Builder(List<Column> columns) {
            this.columns = columns;
        }

        public Builder row(Cell... cells) {
            rows.add(List.of(cells));
            return this;
        }

        public Builder row(List<Cell> cells) {
            rows.add(List.copyOf(cells));
            return this;
        }

        public Rows build(String tag) {
            return new Rows(columns, rows, tag);
        }
    }
}
