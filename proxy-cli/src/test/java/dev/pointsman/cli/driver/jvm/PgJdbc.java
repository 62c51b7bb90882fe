package dev.pointsman.cli.driver.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import org.awaitility.Awaitility;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.util.DriverInfo;

import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// pgjdbc, alone and under HikariCP.
public final class PgJdbc extends JvmDriver {
    private static final OffsetDateTime MOMENT =
            OffsetDateTime.of(2026, 7, 1, 12, 0, 0, 0, ZoneOffset.UTC);

    public PgJdbc() {
        super("pgjdbc", "notify");
        can("prepared", PgJdbc::prepared);
        can("batch", PgJdbc::batch);
        can("copy", PgJdbc::copy);
        can("cancel", PgJdbc::cancel);
        can("notice", PgJdbc::notice);
        can("notify", PgJdbc::listen);
        can("large", PgJdbc::large);
        can("error", PgJdbc::error);
        can("timezone", PgJdbc::timezone);
        can("arrays", PgJdbc::arrays);
        can("cursor", PgJdbc::cursor);
        can("pool", PgJdbc::pool);
    }

    @Override
    String version() {
        return DriverInfo.DRIVER_FULL_NAME;
    }

    private static String url(Address address) {
        var url =
                "jdbc:postgresql://%s:%d/%s"
                        .formatted(address.host(), address.port(), address.database());
        return address.isEncrypted()
                ? url
                        + "?sslmode=verify-full&channelBinding=require&sslrootcert="
                        + address.authority()
                : url;
    }

    public static Connection connect(Address address, String... options) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", address.user());
        properties.setProperty("password", address.password());
        for (var option : options) {
            properties.setProperty(
                    option.substring(0, option.indexOf('=')),
                    option.substring(option.indexOf('=') + 1));
        }
        return DriverManager.getConnection(url(address), properties);
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String value(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private static void prepared(Address address, String tag) throws SQLException {
        try (var connection =
                        connect(
                                address,
                                "prepareThreshold=2",
                                "preparedStatementCacheQueries=20",
                                "binaryTransfer=true");
                var one = connection.prepareStatement("select ?::int + 1, ?::text")) {
            for (int i = 0; i < 20; i++) {
                one.setInt(1, i);
                one.setString(2, i % 3 == 0 ? null : "v" + i);
                try (var rows = one.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getInt(1)).isEqualTo(i + 1);
                    assertThat(rows.getString(2)).isEqualTo(i % 3 == 0 ? null : "v" + i);
                }
            }
            // Past the size of its cache of statements it closes some.
            for (int i = 0; i < 200; i++) {
                try (var two = connection.prepareStatement("select ? + " + i % 40)) {
                    for (int turn = 0; turn < 3; turn++) {
                        two.setInt(1, 1);
                        try (var rows = two.executeQuery()) {
                            assertThat(rows.next()).isTrue();
                            assertThat(rows.getInt(1)).isEqualTo(1 + i % 40);
                        }
                    }
                }
            }
        }
    }

    private static void batch(Address address, String tag) throws SQLException {
        for (var rewrite : List.of("false", "true")) {
            try (var connection = connect(address, "reWriteBatchedInserts=" + rewrite)) {
                run(connection, "create table " + tag + "_batch (id int primary key, name text)");
                var insert = "insert into " + tag + "_batch values (?, ?)";
                try (var statement = connection.prepareStatement(insert)) {
                    for (int i = 0; i < 1_000; i++) {
                        add(statement, i);
                    }
                    assertThat(statement.executeBatch()).hasSize(1_000);
                    add(statement, 5_000);
                    add(statement, 7);
                    assertThatThrownBy(statement::executeBatch)
                            .hasMessageContaining("duplicate key");
                }
                assertThat(value(connection, "select count(*) from " + tag + "_batch"))
                        .isEqualTo("1000");
                run(connection, "drop table " + tag + "_batch");
            }
        }
    }

    private static void add(PreparedStatement statement, int id) throws SQLException {
        statement.setInt(1, id);
        statement.setString(2, "name " + id);
        statement.addBatch();
    }

    private static void copy(Address address, String tag) throws Exception {
        try (var connection = connect(address)) {
            run(connection, "create table " + tag + "_copy (id int, name text)");
            var copies = connection.unwrap(PGConnection.class).getCopyAPI();
            var rows =
                    IntStream.range(0, 20_000)
                            .mapToObj(i -> i + "\t" + (i % 7 == 0 ? "\\N" : "name " + i) + "\n")
                            .collect(Collectors.joining());
            var in = "copy " + tag + "_copy from stdin";
            assertThat(copies.copyIn(in, new StringReader(rows))).isEqualTo(20_000);
            var back = new StringWriter();
            copies.copyOut("copy (select * from " + tag + "_copy order by id) to stdout", back);
            assertThat(back.toString()).isEqualTo(rows);
            assertThatThrownBy(() -> copies.copyIn(in, new StringReader("x\ttwo\n" + rows)))
                    .hasMessageContaining("invalid input syntax");
            var given = copies.copyIn(in);
            given.cancelCopy();
            assertThat(value(connection, "select count(*) from " + tag + "_copy"))
                    .isEqualTo("20000");
            run(connection, "drop table " + tag + "_copy");
        }
    }

    private static void cancel(Address address, String tag) throws Exception {
        try (var connection = connect(address);
                var statement = connection.createStatement()) {
            var later =
                    CompletableFuture.runAsync(
                            () -> {
                                try {
                                    statement.cancel();
                                } catch (SQLException e) {
                                    throw new IllegalStateException(e);
                                }
                            },
                            CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS));
            assertThatThrownBy(() -> statement.execute("select pg_sleep(30)"))
                    .hasFieldOrPropertyWithValue("SQLState", "57014");
            later.join();
            statement.setQueryTimeout(1);
            assertThatThrownBy(() -> statement.execute("select pg_sleep(30)"))
                    .hasFieldOrPropertyWithValue("SQLState", "57014");
            assertThat(value(connection, "select 1")).isEqualTo("1");
        }
    }

    private static void notice(Address address, String tag) throws SQLException {
        try (var connection = connect(address);
                var statement = connection.createStatement()) {
            statement.execute("do $$ begin raise notice 'first'; raise warning 'second'; end $$");
            var first = statement.getWarnings();
            assertThat(first.getMessage()).isEqualTo("first");
            assertThat(first.getNextWarning().getMessage()).isEqualTo("second");
        }
    }

    private static void listen(Address address, String tag) throws SQLException {
        try (var connection = connect(address);
                var other = connect(address)) {
            run(connection, "listen " + tag + "_channel");
            run(other, "notify " + tag + "_channel, 'one'; notify " + tag + "_channel, 'two'");
            var heard = new ArrayList<String>();
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .until(
                            () -> {
                                Arrays.stream(
                                                connection
                                                        .unwrap(PGConnection.class)
                                                        .getNotifications(100))
                                        .map(PGNotification::getParameter)
                                        .forEach(heard::add);
                                return heard.size() == 2;
                            });
            assertThat(heard).containsExactly("one", "two");
            run(connection, "unlisten *");
        }
    }

    private static void large(Address address, String tag) throws SQLException {
        var sql = "select octet_length(v), v from (select ?::text as v) t";
        try (var connection = connect(address);
                var statement = connection.prepareStatement(sql)) {
            statement.setString(1, LARGE);
            try (var rows = statement.executeQuery()) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt(1)).isEqualTo(LARGE.length());
                assertThat(rows.getString(2).equals(LARGE)).isTrue();
            }
        }
    }

    private static void error(Address address, String tag) throws SQLException {
        try (var connection = connect(address)) {
            run(
                    connection,
                    "create table %1$s_error (id int constraint %1$s_key primary key)"
                            .formatted(tag));
            connection.setAutoCommit(false);
            run(connection, "insert into " + tag + "_error values (1)");
            var here = connection.setSavepoint();
            assertThatThrownBy(() -> run(connection, "insert into " + tag + "_error values (1)"))
                    .hasFieldOrPropertyWithValue("SQLState", "23505")
                    .hasMessageContaining(tag + "_key");
            assertThatThrownBy(() -> run(connection, "select 1"))
                    .hasFieldOrPropertyWithValue("SQLState", "25P02");
            connection.rollback(here);
            run(connection, "insert into " + tag + "_error values (2)");
            connection.commit();
            assertThat(value(connection, "select array_agg(id) from " + tag + "_error"))
                    .isEqualTo("{1,2}");
            connection.rollback();
            connection.setAutoCommit(true);
            run(connection, "drop table " + tag + "_error");
        }
        try (var connection = connect(address, "autosave=always")) {
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> run(connection, "select 1 / 0"))
                    .hasFieldOrPropertyWithValue("SQLState", "22012");
            assertThat(value(connection, "select 2")).isEqualTo("2");
            connection.commit();
        }
    }

    private static void timezone(Address address, String tag) throws SQLException {
        try (var connection = connect(address)) {
            for (var zone : List.of("Asia/Tokyo", "America/New_York")) {
                run(connection, "set timezone to '" + zone + "'");
                for (int turn = 0; turn < 3; turn++) {
                    assertThat(value(connection, "show timezone")).isEqualTo(zone);
                    try (var statement = connection.prepareStatement("select ?::timestamptz")) {
                        statement.setObject(1, MOMENT);
                        try (var rows = statement.executeQuery()) {
                            assertThat(rows.next()).isTrue();
                            assertThat(rows.getObject(1, OffsetDateTime.class).isEqual(MOMENT))
                                    .isTrue();
                        }
                    }
                }
            }
            run(connection, "reset timezone");
        }
    }

    private static void arrays(Address address, String tag) throws SQLException {
        try (var connection = connect(address);
                var statement = connection.prepareStatement("select ?::int[], ?::text[]")) {
            var numbers = new Integer[] {1, null, 3};
            var words = new String[] {"a,b", "c\"d", null, ""};
            statement.setArray(1, connection.createArrayOf("int4", numbers));
            statement.setArray(2, connection.createArrayOf("text", words));
            try (var rows = statement.executeQuery()) {
                assertThat(rows.next()).isTrue();
                assertThat((Object[]) rows.getArray(1).getArray()).containsExactly(1, null, 3);
                assertThat((Object[]) rows.getArray(2).getArray())
                        .containsExactly("a,b", "c\"d", null, "");
            }
        }
    }

    private static void cursor(Address address, String tag) throws SQLException {
        try (var connection = connect(address)) {
            connection.setAutoCommit(false);
            try (var statement =
                    connection.prepareStatement("select i from generate_series(1, 1000) i")) {
                statement.setFetchSize(100);
                int total = 0;
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        total += rows.getInt(1);
                        if (rows.getInt(1) == 500) {
                            // Another statement while the portal is open.
                            assertThat(value(connection, "select 7")).isEqualTo("7");
                        }
                    }
                }
                assertThat(total).isEqualTo(500_500);
            }
            connection.commit();
        }
    }

    private static HikariDataSource hikari(Address address) {
        var config = new HikariConfig();
        config.setJdbcUrl(url(address));
        config.setUsername(address.user());
        config.setPassword(address.password());
        config.setMaximumPoolSize(4);
        config.setConnectionInitSql("set application_name to 'hikari'");
        return new HikariDataSource(config);
    }

    private static void pool(Address address, String tag) throws Exception {
        try (var pool = hikari(address)) {
            var answers =
                    IntStream.range(0, 100)
                            .mapToObj(
                                    i ->
                                            CompletableFuture.supplyAsync(
                                                    () -> {
                                                        try (var connection =
                                                                pool.getConnection()) {
                                                            connection.setReadOnly(i % 2 == 0);
                                                            return value(connection, "select " + i);
                                                        } catch (SQLException e) {
                                                            throw new IllegalStateException(e);
                                                        }
                                                    }))
                            .toList();
            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).get(120, TimeUnit.SECONDS)).isEqualTo("" + i);
            }
        }
    }

    @Override
    void writeUntil(Address address, int writer, Path stop, int[] progress) throws SQLException {
        var insert = "insert into entry (writer, number) values (?, ?)";
        try (var pool = hikari(address)) {
            while (!Files.exists(stop)) {
                int count = 1 + progress[0] % 3;
                try (var connection = pool.getConnection();
                        var statement = connection.prepareStatement(insert)) {
                    connection.setAutoCommit(false);
                    for (int i = 1; i <= count; i++) {
                        statement.setInt(1, writer);
                        statement.setInt(2, progress[0] + i);
                        statement.addBatch();
                    }
                    statement.executeBatch();
                    connection.commit();
                }
                progress[0] += count;
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(WRITE_PAUSE_MILLIS));
            }
        }
    }
}
