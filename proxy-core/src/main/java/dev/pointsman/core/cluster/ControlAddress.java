package dev.pointsman.core.cluster;

import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.Server;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/// Where and as whom control connections go. The password is in the properties alone, never in the
/// address, so that no message of the driver can show it.
record ControlAddress(Server server, String dbname, String applicationName) {
    /// A fenced server is read-only by default, and a search path of others must not name our
    /// tables: both are set for every control session.
    private static final String OPTIONS =
            "-c default_transaction_read_only=off -c search_path=pg_catalog -c lock_timeout=10s"
                    + " -c idle_in_transaction_session_timeout=0";

    String url() {
        var host = server.host().contains(":") ? "[" + server.host() + "]" : server.host();
        return "jdbc:postgresql://" + host + ":" + server.port() + "/" + encoded(dbname);
    }

    private static String encoded(String name) {
        return java.net.URLEncoder.encode(name, java.nio.charset.StandardCharsets.UTF_8)
                .replace("+", "%20");
    }

    /// @param statementTimeoutMs 0 for none
    Properties properties(long statementTimeoutMs) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", server.control().user());
        switch (server.control().secret()) {
            case Secret.Clear(var password) -> properties.setProperty("password", password);
            case Secret.Absent() -> {}
            case Secret.ScramVerifier _, Secret.Md5Hash _ ->
                    throw new SQLException(
                            "the control user's password of server "
                                    + server.name()
                                    + " is stored as a verifier, which proves nothing to a server:"
                                    + " give the password itself",
                            "28P01");
        }
        properties.setProperty("ApplicationName", applicationName);
        properties.setProperty("sslmode", server.sslmode().text());
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("loginTimeout", "15");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("tcpNoDelay", "true");
        properties.setProperty("options", OPTIONS + " -c statement_timeout=" + statementTimeoutMs);
        return properties;
    }

    /// A connection whose statements the server parses once, at their first run.
    Connection open(long statementTimeoutMs) throws SQLException {
        var properties = properties(statementTimeoutMs);
        properties.setProperty("prepareThreshold", "1");
        return DriverManager.getConnection(url(), properties);
    }

    /// For messages: server, address, database, user.
    @Override
    public String toString() {
        return "server "
                + server.name()
                + " ("
                + server.host()
                + ":"
                + server.port()
                + ", database "
                + dbname
                + ", control user "
                + server.control().user()
                + ")";
    }
}
