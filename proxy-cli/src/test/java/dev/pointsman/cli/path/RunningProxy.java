package dev.pointsman.cli.path;

import dev.pointsman.cli.real.RealServer;
import dev.pointsman.core.Proxy;
import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.file.ConfigFile;
import dev.pointsman.core.config.file.ConfigProblems;
import dev.pointsman.core.wire.Refused;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;

/// A proxy in front of one database of a real server, on a port that the system chose.
final class RunningProxy implements AutoCloseable {
    static final String USER = "clerk";
    static final String PASSWORD = "a clerk's secret";

    private final Proxy proxy;
    private final String database;

    private RunningProxy(Proxy proxy, String database) {
        this.proxy = proxy;
        this.database = database;
    }

    int port() {
        return proxy.port();
    }

    /// @param more lines of the configuration, such as `auth: {type: md5}`
    static RunningProxy before(RealServer server, String database, String pool, String... more)
            throws ConfigProblems, IOException, SQLException {
        server.execute(
                database,
                """
                do $$ begin
                  if not exists (select from pg_roles where rolname = '%1$s') then
                    create role %1$s login;
                  end if;
                end $$;
                grant all on schema public to %1$s\
                """
                        .formatted(USER));
        return new RunningProxy(start(server, database, pool, more), database);
    }

    private static Proxy start(RealServer server, String database, String pool, String... more)
            throws ConfigProblems, IOException {
        String text =
                """
                version: 1
                admin: {host: 127.0.0.1, port: 0, users: {operator: "secret"}}
                users:
                  %s: {password: "%s"}
                databases:
                  %s:
                    pool: %s
                    serve: blue
                    control: {user: postgres, maintenance_db: postgres}
                    servers:
                      blue: {host: "%s", port: %d, dbname: %s, sslmode: disable}
                %s
                """
                        .formatted(
                                USER,
                                PASSWORD,
                                database,
                                pool,
                                server.host(),
                                server.port(),
                                database,
                                String.join("\n", more));
        if (!text.contains("listen:")) {
            text += "listen: {host: 127.0.0.1, port: 0}";
        }
        Config config =
                ConfigFile.parse(
                        text, "test.yaml", Files.createTempDirectory("pointsman"), Map.of());
        try {
            return Proxy.start(config, "test");
        } catch (Refused e) {
            throw new IOException(e);
        }
    }

    Proxy proxy() {
        return proxy;
    }

    Connection connect() throws SQLException {
        return connect(database, USER, PASSWORD);
    }

    Connection connect(String toDatabase, String user, String password) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("loginTimeout", "20");
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + toDatabase, properties);
    }

    String value(String sql) throws SQLException {
        try (Connection connection = connect()) {
            return value(connection, sql);
        }
    }

    static String value(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    @Override
    public void close() {
        proxy.close();
    }
}
