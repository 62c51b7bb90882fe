package dev.pointsman.admin.rows;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// One column of a result.
public record Column(String name, ColumnType type) {

    /// Columns from words such as `database user:text cl_active:int4`; without a type it is text.
    public static List<Column> list(String words) {
        var columns = new ArrayList<Column>();
        for (var word : words.strip().split("\\s+", -1)) {
            int colon = word.indexOf(':');
            columns.add(
                    colon < 0
                            ? new Column(word, ColumnType.TEXT)
                            : new Column(
                                    word.substring(0, colon),
                                    ColumnType.valueOf(
                                            word.substring(colon + 1).toUpperCase(Locale.ROOT))));
        }
        return List.copyOf(columns);
    }
}
