package dev.pointsman.core.cluster;

import org.jspecify.annotations.Nullable;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Statements over JDBC in one line each, and quoting. Virtual threads only: everything blocks.
///
/// A `String[]`, `Long[]` or `Integer[]` among the parameters is bound as an array.
public final class Sql {
    private Sql() {}

    /// Makes a value of the row that the cursor stands on.
    @FunctionalInterface
    public interface Row<T> {
        T of(ResultSet row) throws SQLException;
    }

    /// All rows.
    public static <T> List<T> list(
            Connection connection, String sql, Row<T> row, Object... parameters)
            throws SQLException {
        try (var statement = prepare(connection, sql, parameters);
                var rows = statement.executeQuery()) {
            var found = new ArrayList<T>();
            while (rows.next()) {
                found.add(row.of(rows));
            }
            return found;
        }
    }

    /// All rows, by what `key` makes of each, in their order; of two alike the later one.
    public static <K, V> Map<K, V> map(
            Connection connection, String sql, Row<K> key, Row<V> value, Object... parameters)
            throws SQLException {
        try (var statement = prepare(connection, sql, parameters);
                var rows = statement.executeQuery()) {
            var found = new LinkedHashMap<K, V>();
            while (rows.next()) {
                found.put(key.of(rows), value.of(rows));
            }
            return found;
        }
    }

    /// The only row.
    ///
    /// @throws SQLException when there is none or more than one
    public static <T> T one(Connection connection, String sql, Row<T> row, Object... parameters)
            throws SQLException {
        var found = list(connection, sql, row, parameters);
        if (found.size() != 1) {
            throw new SQLException("expected one row, got " + found.size() + ": " + sql);
        }
        return found.getFirst();
    }

    /// Whether a query of one boolean says so; no row and NULL count as no.
    public static boolean is(Connection connection, String sql, Object... parameters)
            throws SQLException {
        return list(connection, sql, row -> row.getBoolean(1), parameters).contains(true);
    }

    /// The first column as text; NULLs are left out.
    public static List<String> texts(Connection connection, String sql, Object... parameters)
            throws SQLException {
        var found = new ArrayList<String>();
        try (var statement = prepare(connection, sql, parameters);
                var rows = statement.executeQuery()) {
            while (rows.next()) {
                var text = rows.getString(1);
                if (text != null) {
                    found.add(text);
                }
            }
        }
        return found;
    }

    /// Runs a statement; says how many rows it changed.
    public static int run(Connection connection, String sql, Object... parameters)
            throws SQLException {
        if (parameters.length == 0) {
            try (var statement = connection.createStatement()) {
                statement.setEscapeProcessing(false);
                statement.execute(sql);
                return Math.max(0, statement.getUpdateCount());
            }
        }
        try (var statement = prepare(connection, sql, parameters)) {
            statement.execute();
            return Math.max(0, statement.getUpdateCount());
        }
    }

    private static PreparedStatement prepare(
            Connection connection, String sql, Object... parameters) throws SQLException {
        var statement = connection.prepareStatement(sql);
        statement.setEscapeProcessing(false);
        for (int i = 0; i < parameters.length; i++) {
            switch (parameters[i]) {
                case String[] texts ->
                        statement.setArray(i + 1, connection.createArrayOf("text", texts));
                case Long[] numbers ->
                        statement.setArray(i + 1, connection.createArrayOf("int8", numbers));
                case Integer[] numbers ->
                        statement.setArray(i + 1, connection.createArrayOf("int4", numbers));
                case Object value -> statement.setObject(i + 1, value);
            }
        }
        return statement;
    }

    /// A `text[]` column; empty for NULL.
    public static List<String> strings(ResultSet row, int column) throws SQLException {
        return strings(row.getArray(column));
    }

    /// The same by the column's name.
    public static List<String> strings(ResultSet row, String column) throws SQLException {
        return strings(row.getArray(column));
    }

    private static List<String> strings(@Nullable Array array) throws SQLException {
        return array == null ? List.of() : List.of((String[]) array.getArray());
    }

    /// `name` as an identifier.
    public static String identifier(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /// `text` as a literal, whatever `standard_conforming_strings` is.
    public static String literal(String text) {
        var doubled = text.replace("'", "''");
        return text.indexOf('\\') < 0
                ? "'" + doubled + "'"
                : " E'" + doubled.replace("\\", "\\\\") + "'";
    }
}
