package dev.pointsman.core.migration.schema;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How the columns of users' tables on one server differ from those on another: one question to
/// each, by names.
///
/// @param tables how many were compared
/// @param missing tables and columns that the target lacks: what is written there goes nowhere
/// @param other tables whose columns differ in another way
public record SchemaDifference(int tables, List<String> missing, List<String> other) {
    private static final String COLUMNS =
            """
            SELECT format('%I.%I', n.nspname, c.relname),
                   array_agg(a.attname::text ORDER BY a.attnum),
                   array_agg(format_type(a.atttypid, a.atttypmod) || ':' || a.attnotnull || ':'
                             || a.attgenerated::text ORDER BY a.attnum)
              FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
              JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE a.attnum > 0 AND NOT a.attisdropped AND CONDITION GROUP BY 1\
            """;

    public SchemaDifference {
        missing = List.copyOf(missing);
        other = List.copyOf(other);
    }

    /// Asks both.
    public static SchemaDifference between(Cluster source, Cluster target) throws SQLException {
        var wanted = columns(source);
        var there = columns(target);
        var missing = new ArrayList<String>();
        var other = new ArrayList<String>();
        wanted.forEach(
                (table, columns) -> {
                    var found = there.get(table);
                    if (found == null) {
                        missing.add(table + " is missing");
                        return;
                    }
                    var lacking = new ArrayList<>(columns.keySet());
                    lacking.removeAll(found.keySet());
                    if (!lacking.isEmpty()) {
                        missing.add(table + " has no column " + String.join(", ", lacking));
                    } else if (!found.equals(columns)) {
                        other.add(table + " has other columns: " + differing(columns, found));
                    }
                });
        return new SchemaDifference(wanted.size(), missing, other);
    }

    private static String differing(Map<String, String> wanted, Map<String, String> found) {
        var names = new ArrayList<String>();
        found.forEach(
                (name, print) -> {
                    if (!print.equals(wanted.get(name))) {
                        names.add(name);
                    }
                });
        return String.join(", ", names);
    }

    /// Of each table, by name.
    private static Map<String, Map<String, String>> columns(Cluster on) throws SQLException {
        var sql = COLUMNS.replace("CONDITION", UserTables.CONDITION);
        Map<String, Map<String, String>> found =
                on.call(
                        connection ->
                                Sql.map(
                                        connection,
                                        sql,
                                        row -> row.getString(1),
                                        SchemaDifference::prints));
        return new TreeMap<>(found);
    }

    private static Map<String, String> prints(ResultSet row) throws SQLException {
        var names = Sql.strings(row, 2);
        var prints = Sql.strings(row, 3);
        var columns = new LinkedHashMap<String, String>();
        for (int i = 0; i < names.size(); i++) {
            columns.put(names.get(i), prints.get(i));
        }
        return columns;
    }
}
