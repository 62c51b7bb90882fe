package dev.pointsman.cli.render;

import dev.pointsman.cli.admin.Answer;
import dev.pointsman.cli.admin.Answer.Column;
import dev.pointsman.cli.admin.Row;

import java.util.List;

/// Rows in columns: aligned for people, separated by tabs for programs.
public final class Table {
    private static final String ABSENT = "-";

    private final Terminal terminal;

    public Table(Terminal terminal) {
        this.terminal = terminal;
    }

    /// Prints all columns of `answer`.
    public void print(Answer answer) {
        print(answer, answer.names());
    }

    /// Prints these columns of `answer`.
    public void print(Answer answer, List<String> names) {
        var columns = names.stream().map(answer::column).toList();
        if (!terminal.isInteractive()) {
            terminal.line(String.join("\t", columns.stream().map(Column::name).toList()));
            for (var row : answer.rows()) {
                terminal.line(
                        String.join("\t", columns.stream().map(at -> cell(row, at)).toList()));
            }
            return;
        }
        var widths = columns.stream().map(column -> width(column, answer.rows())).toList();
        terminal.line(
                terminal.strong(
                        aligned(columns, widths, columns.stream().map(Column::name).toList())));
        for (var row : answer.rows()) {
            terminal.line(
                    aligned(columns, widths, columns.stream().map(at -> cell(row, at)).toList()));
        }
    }

    private static int width(Column column, List<Row> rows) {
        return rows.stream()
                .mapToInt(row -> cell(row, column).length())
                .reduce(column.name().length(), Math::max);
    }

    private static String aligned(List<Column> columns, List<Integer> widths, List<String> cells) {
        var line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            var gap = " ".repeat(widths.get(i) - cells.get(i).length());
            line.append(columns.get(i).bare() ? gap + cells.get(i) : cells.get(i) + gap);
            line.append("  ");
        }
        return line.toString().stripTrailing();
    }

    private static String cell(Row row, Column column) {
        var text = row.value(column.name()).orElse(ABSENT).replaceAll("\\s*[\\r\\n\\t]+\\s*", " ");
        return text.isEmpty() ? ABSENT : text;
    }
}
