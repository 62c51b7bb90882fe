package dev.pointsman.cli.real;

import org.awaitility.Awaitility;

import java.sql.SQLException;

/// A synchronous standby that does not exist.
public final class MissingStandby {
    private MissingStandby() {}

    /// From now on nobody's commit returns on that server, until [#forget].
    public static void awaitBy(RealServer server) throws SQLException {
        configure(server, "alter system set synchronous_standby_names = 'nobody'");
        Awaitility.await("a server that waits")
                .until(
                        () ->
                                server.value("postgres", "show synchronous_standby_names")
                                        .equals("nobody"));
    }

    /// Does nothing to a server that waits for none.
    public static void forget(RealServer server) throws SQLException {
        configure(server, "alter system reset synchronous_standby_names");
    }

    private static void configure(RealServer server, String sql) throws SQLException {
        try (var connection = server.connect("postgres");
                var statement = connection.createStatement()) {
            statement.execute(sql);
            statement.execute("select pg_reload_conf()");
        }
    }
}
