package dev.pointsman.cli.load;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/// Where clients log in and as whom. An empty password leaves it to the driver's `.pgpass`.
public record Address(String host, int port, String database, String user, String password) {
    /// Seconds without an answer after which a client gives up; longer than any hold.
    private static final String PATIENCE = "60";

    /// How a client sends its statements: as named ones that the server keeps, or anew each time.
    public enum Statements {
        PREPARED("1"),
        UNNAMED("0");

        private final String threshold;

        Statements(String threshold) {
            this.threshold = threshold;
        }
    }

    /// Opens a connection in autocommit.
    public Connection connect(Statements statements) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", user);
        if (!password.isEmpty()) {
            properties.setProperty("password", password);
        }
        properties.setProperty("prepareThreshold", statements.threshold);
        properties.setProperty("ApplicationName", "pointsman load");
        properties.setProperty("gssEncMode", "disable");
        properties.setProperty("connectTimeout", PATIENCE);
        properties.setProperty("socketTimeout", PATIENCE);
        return DriverManager.getConnection(url(), properties);
    }

    /// The version of the server that answers there now, such as `18.6`.
    public String serverVersion() throws SQLException {
        try (var connection = connect(Statements.UNNAMED);
                var statement = connection.createStatement();
                var row = statement.executeQuery("SHOW server_version")) {
            row.next();
            return row.getString(1).split(" ", 2)[0];
        }
    }

    private String url() {
        var name = host.contains(":") ? "[" + host + "]" : host;
        return "jdbc:postgresql://" + name + ":" + port + "/" + database;
    }

    @Override
    public String toString() {
        return user + "@" + host + ":" + port + "/" + database;
    }
}
