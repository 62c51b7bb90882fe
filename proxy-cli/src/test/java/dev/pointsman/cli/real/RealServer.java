package dev.pointsman.cli.real;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// One real server under a test's control. Its data lives until [#close].
public interface RealServer extends AutoCloseable {
    String SUPERUSER = "postgres";

    int major();

    /// Where clients on this machine reach it.
    String host();

    int port();

    /// Where the other servers of the test reach it, for replication.
    String peerHost();

    int peerPort();

    /// A fast shutdown; the data stays.
    void stop();

    /// Kills every process of the server at once; the data stays.
    void crash();

    /// Starts again on the same port and data.
    void restart();

    boolean isRunning();

    @Override
    void close();

    default String url(String database) {
        return "jdbc:postgresql://" + host() + ":" + port() + "/" + database;
    }

    /// A new connection as the superuser.
    default Connection connect(String database) throws SQLException {
        return connect(database, SUPERUSER, "");
    }

    default Connection connect(String database, String user, String password) throws SQLException {
        return DriverManager.getConnection(url(database), user, password);
    }

    /// Runs one or more statements as the superuser.
    default void execute(String database, String sql) throws SQLException {
        try (var connection = connect(database);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /// The first column of all rows as text, absent values as `NULL`.
    default List<String> column(String database, String sql) throws SQLException {
        try (var connection = connect(database);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            var values = new ArrayList<String>();
            while (rows.next()) {
                var value = rows.getString(1);
                values.add(value == null ? "NULL" : value);
            }
            return values;
        }
    }

    /// The one value that `sql` asks for.
    default String value(String database, String sql) throws SQLException {
        return column(database, sql).getFirst();
    }
}
