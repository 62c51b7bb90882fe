package dev.pointsman.cli.crash;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

/// Commands to the admin port of a proxy, as psql would send them.
final class Admin {
    private Admin() {}

    private static Connection connect(int port) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", "operator");
        properties.setProperty("password", "secret");
        properties.setProperty("preferQueryMode", "simple");
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/pointsman", properties);
    }

    /// The rows of the answer, each by its columns' names; absent values are empty texts.
    static List<Map<String, String>> run(int port, String command) throws SQLException {
        try (var connection = connect(port);
                var statement = connection.createStatement()) {
            var rows = new ArrayList<Map<String, String>>();
            if (!statement.execute(command)) {
                return rows;
            }
            var result = statement.getResultSet();
            var columns = result.getMetaData();
            while (result.next()) {
                var row = new LinkedHashMap<String, String>();
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    row.put(
                            columns.getColumnName(i),
                            Objects.requireNonNullElse(result.getString(i), ""));
                }
                rows.add(row);
            }
            return rows;
        }
    }
}
