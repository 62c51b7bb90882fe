package dev.pointsman.cli.admin;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.ExitCode;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// One connection to an admin port. One thread at a time.
public final class AdminClient implements AutoCloseable {
    private static final String CONNECT_SECONDS = "10";
    private static final long NOTICE_MILLIS = 20;

    private final Connection connection;

    private AdminClient(Connection connection) {
        this.connection = connection;
    }

    /// Logs in at `address`.
    ///
    /// @throws CommandFailure when nobody answers there or the login fails
    public static AdminClient open(AdminAddress address) {
        var properties = new Properties();
        properties.setProperty("user", address.user());
        if (!address.password().isEmpty()) {
            properties.setProperty("password", address.password());
        }
        properties.setProperty("preferQueryMode", "simple");
        properties.setProperty("assumeMinServerVersion", "14");
        address.tls().putInto(properties);
        properties.setProperty("gssEncMode", "disable");
        properties.setProperty("loginTimeout", CONNECT_SECONDS);
        properties.setProperty("connectTimeout", CONNECT_SECONDS);
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", "pointsman-cli");
        var host =
                address.host().contains(":") && !address.host().startsWith("[")
                        ? "[" + address.host() + "]"
                        : address.host();
        var url = "jdbc:postgresql://%s:%d/%s".formatted(host, address.port(), address.database());
        try {
            return new AdminClient(DriverManager.getConnection(url, properties));
        } catch (SQLException e) {
            throw new CommandFailure(ExitCode.FAILED, unreachable(address, e));
        }
    }

    private static String unreachable(AdminAddress address, SQLException e) {
        var state = String.valueOf(e.getSQLState());
        if (state.startsWith("28") || state.equals("08004")) {
            return "%s: the login failed (%s); set POINTSMAN_ADMIN_PASSWORD, PGPASSWORD or .pgpass to the password of %s in admin.users of the proxy's configuration"
                    .formatted(address, error(e).text(), address.user());
        }
        return "%s: no admin port answers (%s); is the proxy running? Set its address with --admin or POINTSMAN_ADMIN"
                .formatted(address, error(e).text());
    }

    /// Sends one command and returns its answer.
    public Answer query(String command) throws CommandError {
        return query(command, _ -> {});
    }

    /// As [#query(String)], with what the proxy says meanwhile, as it says it.
    public Answer query(String command, Consumer<String> notices) throws CommandError {
        try (var statement = connection.createStatement()) {
            var done = new CountDownLatch(1);
            var listener =
                    Thread.ofVirtual()
                            .name("admin-notices")
                            .start(() -> listen(statement, notices, done));
            try {
                return statement.execute(command)
                        ? read(statement.getResultSet())
                        : new Answer(List.of(), List.of());
            } finally {
                done.countDown();
                joined(listener);
            }
        } catch (SQLException e) {
            throw error(e);
        }
    }

    /// The driver keeps notices on the statement as they come in; nobody tells when.
    private static void listen(Statement statement, Consumer<String> notices, CountDownLatch done) {
        Optional<SQLWarning> last = Optional.empty();
        try {
            boolean over = false;
            while (!over) {
                over = done.await(NOTICE_MILLIS, TimeUnit.MILLISECONDS);
                var next = next(statement, last);
                while (next.isPresent()) {
                    last = next;
                    notices.accept(String.valueOf(next.get().getMessage()));
                    next = Optional.ofNullable(next.get().getNextWarning());
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (SQLException _) {
            // The statement is closed: whoever executes it is told why.
            done.countDown();
        }
    }

    private static Optional<SQLWarning> next(Statement statement, Optional<SQLWarning> last)
            throws SQLException {
        return last.isPresent()
                ? Optional.ofNullable(last.get().getNextWarning())
                : Optional.ofNullable(statement.getWarnings());
    }

    private static void joined(Thread listener) {
        try {
            listener.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static Answer read(ResultSet result) throws SQLException {
        var meta = result.getMetaData();
        var columns = new ArrayList<Answer.Column>();
        for (int i = 1; i <= meta.getColumnCount(); i++) {
            var bare =
                    switch (meta.getColumnType(i)) {
                        case Types.INTEGER,
                                Types.BIGINT,
                                Types.SMALLINT,
                                Types.NUMERIC,
                                Types.DOUBLE,
                                Types.REAL,
                                Types.BIT,
                                Types.BOOLEAN ->
                                true;
                        default -> false;
                    };
            columns.add(new Answer.Column(meta.getColumnLabel(i), bare));
        }
        var names = columns.stream().map(Answer.Column::name).collect(Collectors.toSet());
        var rows = new ArrayList<Row>();
        while (result.next()) {
            var values = new LinkedHashMap<String, String>();
            for (int i = 1; i <= columns.size(); i++) {
                var value = result.getString(i);
                if (value != null) {
                    values.put(columns.get(i - 1).name(), value);
                }
            }
            rows.add(new Row(names, values));
        }
        return new Answer(columns, rows);
    }

    /// The driver puts severity, message, detail and hint on a line each.
    private static CommandError error(SQLException e) {
        var text = String.valueOf(e.getMessage()).replaceFirst("^[A-Z]+: ", "");
        return new CommandError(
                Optional.ofNullable(e.getSQLState()).orElse(""),
                text.strip().replaceAll("\\s*\\R\\s*", "; "));
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException _) {
            // It is of no more use either way.
            return;
        }
    }
}
