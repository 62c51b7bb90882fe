package dev.pointsman.cli.cutover;

import dev.pointsman.admin.AdminPort;
import dev.pointsman.core.Proxy;
import dev.pointsman.core.Settings;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// The admin port of a proxy, and operators who log in to it.
public final class Console implements AutoCloseable {
    private final AdminPort port;

    private Console(AdminPort port) {
        this.port = port;
    }

    public static Console before(Proxy proxy) throws IOException {
        return new Console(AdminPort.start(proxy, proxy.cutovers(), _ -> {}));
    }

    /// The same, for a proxy whose settings can change while it runs.
    public static Console before(Proxy proxy, Settings settings) throws IOException {
        return new Console(AdminPort.start(proxy, proxy.cutovers(), settings, _ -> {}));
    }

    public Connection logIn() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port.port() + "/pointsman?preferQueryMode=simple",
                "operator",
                "secret");
    }

    /// What the console says to a command: `ok`, or the SQLSTATE and the message.
    public String say(String command) throws SQLException {
        try (var connection = logIn();
                var statement = connection.createStatement()) {
            statement.execute(command);
            return "ok";
        } catch (SQLException e) {
            return e.getSQLState() + " " + e.getMessage();
        }
    }

    /// One column of every row.
    public List<String> column(String command, String name) throws SQLException {
        try (var connection = logIn();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(command)) {
            var found = new ArrayList<String>();
            while (rows.next()) {
                found.add(String.valueOf(rows.getString(name)));
            }
            return found;
        }
    }

    @Override
    public void close() {
        port.close();
    }
}
