package dev.pointsman.admin.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

class ConsoleTest {
    private static final long PATIENCE_SECONDS = 120;

    @TempDir private Path folder;
    private ConsoleFixture admin;

    @BeforeEach
    void open() throws Exception {
        admin = new ConsoleFixture(folder.resolve("state/audit.jsonl"), Duration.ofSeconds(60));
    }

    @AfterEach
    void close() {
        admin.close();
    }

    private Connection operator(String... options) throws SQLException {
        return admin.connect("operator", "secret", options);
    }

    private static SQLException failure(Statement statement, String sql) {
        return catchThrowableOfType(SQLException.class, () -> statement.execute(sql));
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended", "extendedForPrepared", "extendedCacheEverything"})
    void rowsArriveTypedInEveryQueryMode(String mode) throws Exception {
        try (var connection = operator("preferQueryMode", mode, "prepareThreshold", "1");
                var statement = connection.prepareStatement("SHOW POOLS")) {
            // the second time the driver asks for the binary format
            for (int round = 0; round < 3; round++) {
                try (var rows = statement.executeQuery()) {
                    var count = 0;
                    while (rows.next()) {
                        check(rows, count++);
                    }
                    assertThat(count).isEqualTo(3);
                }
            }
        }
    }

    private static void check(ResultSet rows, int index) throws SQLException {
        assertThat(rows.getString("word")).isEqualTo("word " + index);
        assertThat(rows.getInt("small")).isEqualTo(index);
        assertThat(rows.getLong("large")).isEqualTo(1L << 40);
        assertThat(rows.getBigDecimal("took_ms")).isEqualTo(new BigDecimal("12.346"));
        assertThat(rows.getObject("at", OffsetDateTime.class))
                .isEqualTo(ConsoleFixture.AT.atOffset(ZoneOffset.UTC));
        assertThat(rows.getBoolean("flag")).isTrue();
        assertThat(rows.getString("none")).isNull();
    }

    @Test
    void aDriverFetchesRowsInPieces() throws Exception {
        try (var connection = operator()) {
            connection.setAutoCommit(false);
            try (var statement = connection.createStatement()) {
                statement.setFetchSize(1);
                var words = new ArrayList<String>();
                try (var rows = statement.executeQuery("SHOW POOLS")) {
                    while (rows.next()) {
                        words.add(rows.getString(1));
                    }
                }
                assertThat(words).containsExactly("word 0", "word 1", "word 2");
            }
            connection.commit();
        }
    }

    @Test
    void severalCommandsInOneTextRunInOrderUpToTheFirstError() throws Exception {
        try (var connection = operator("preferQueryMode", "simple");
                var statement = connection.createStatement()) {
            assertThat(statement.execute("SHOW POOLS; RESUME; SELECT 1")).isTrue();
            assertThat(statement.getMoreResults()).isFalse();
            assertThat(statement.getMoreResults()).isTrue();

            assertThat(failure(statement, "RESUME; KILL shop; RELOAD").getSQLState())
                    .isEqualTo("55006");
        }
        assertThat(audit()).noneMatch(line -> line.contains("RELOAD"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended"})
    void anErrorLeavesTheSessionUsable(String mode) throws Exception {
        try (var connection = operator("preferQueryMode", mode);
                var statement = connection.createStatement()) {
            var refused = failure(statement, "KILL shop");
            var unknown = failure(statement, "CUTOVR shop TO green");
            var fault = failure(statement, "RELOAD");

            assertThat(refused.getSQLState()).isEqualTo("55006");
            assertThat(refused.getMessage())
                    .contains("busy with cutover 7")
                    .contains("Hint: Wait for it.");
            assertThat(unknown.getSQLState()).isEqualTo("42601");
            assertThat(unknown.getMessage()).contains("did you mean CUTOVER?");
            assertThat(fault.getSQLState()).isEqualTo("XX000");
            assertThat(connection.isValid(5)).isTrue();
        }
    }

    @Test
    void parametersAreRefused() throws Exception {
        try (var connection = operator();
                var statement = connection.prepareStatement("KILL_CLIENT ?")) {
            statement.setInt(1, 7);

            var refused = catchThrowableOfType(SQLException.class, statement::execute);

            assertThat(refused.getSQLState()).isIn("42601", "0A000");
        }
    }

    /// CVE-2026-6667 of another pooler: who could only look could KILL_CLIENT.
    @Test
    void aStatsUserMayShowAndNothingElse() throws Exception {
        try (var connection = admin.connect("grafana", "look");
                var statement = connection.createStatement()) {
            assertThat(statement.execute("SHOW POOLS")).isTrue();
            for (var sql :
                    List.of(
                            "PAUSE",
                            "RESUME shop",
                            "CUTOVER shop TO green",
                            "KILL_CLIENT 1",
                            "SHUTDOWN",
                            "SET max_client_conn = 1",
                            "MIGRATE shop ABORT")) {
                assertThat(failure(statement, sql).getSQLState()).as(sql).isEqualTo("42501");
            }
        }
    }

    @Test
    void aStoredVerifierServesAsWellAsAPassword() throws Exception {
        try (var connection = admin.connect("keeper", "kept")) {
            assertThat(connection.isValid(5)).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"operator,wrong", "nobody,secret", "open,''", "open,x"})
    void whoCannotProveThePasswordIsRefusedAlike(String user, String password) {
        var refused =
                catchThrowableOfType(
                        SQLException.class,
                        () -> admin.connect(user, password.isEmpty() ? "none" : password));

        assertThat(refused.getSQLState()).isEqualTo("28P01");
        assertThat(refused.getMessage())
                .contains("password authentication failed for user \"" + user + "\"");
    }

    @Test
    void onlyTheTwoConsoleDatabasesExist() throws Exception {
        var refused = catchThrowableOfType(SQLException.class, () -> operator("db", "shop"));

        assertThat(refused.getSQLState()).isEqualTo("3D000");
        try (var connection = operator("db", "pgbouncer")) {
            assertThat(connection.isValid(5)).isTrue();
        }
    }

    @Test
    void whatDriversSendOfTheirOwnAccordIsHarmless() throws Exception {
        try (var connection = operator("ApplicationName", "tool");
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            statement.execute("SET application_name = 'x'");
            statement.execute("SELECT version()");
            connection.rollback();
            connection.setAutoCommit(true);
            assertThat(connection.getTransactionIsolation()).isPositive();
            assertThat(statement.execute("")).isFalse();
        }
    }

    @Test
    void ctrlCReachesTheCommandThatRuns() throws Exception {
        try (var connection = operator();
                var statement = connection.createStatement()) {
            var running = CompletableFuture.supplyAsync(() -> failure(statement, "PAUSE shop"));
            assertThat(admin.waiting.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

            statement.cancel();

            assertThat(running.get(PATIENCE_SECONDS, TimeUnit.SECONDS).getSQLState())
                    .isEqualTo("57014");
            assertThat(statement.execute("SHOW POOLS")).isTrue();
        }
    }

    @Test
    void aLostConnectionUndoesWhatStillWaits() throws Exception {
        var connection = operator();
        var statement = connection.createStatement();
        var running = CompletableFuture.supplyAsync(() -> failure(statement, "PAUSE shop"));
        assertThat(admin.waiting.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

        connection.abort(Runnable::run);

        assertThat(admin.interrupted.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        running.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        await().until(() -> audit().stream().anyMatch(line -> line.contains("\"57014\"")));
    }

    @Test
    void aLostConnectionDoesNotStopACutover() throws Exception {
        var connection = operator();
        var statement = connection.createStatement();
        var running =
                CompletableFuture.supplyAsync(() -> failure(statement, "CUTOVER shop TO green"));
        assertThat(admin.waiting.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

        connection.abort(Runnable::run);
        running.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        admin.mayEnd.countDown();

        assertThat(admin.ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        await().until(
                        () ->
                                audit().stream()
                                        .anyMatch(
                                                line ->
                                                        line.contains("CUTOVER")
                                                                && line.contains("\"ok\"")));
        assertThat(admin.interrupted.getCount()).isEqualTo(1);
    }

    @Test
    void noticesArriveBeforeTheCommandEnds() throws Exception {
        try (var connection = operator();
                var statement = connection.createStatement()) {
            var running =
                    CompletableFuture.runAsync(
                            () -> {
                                try {
                                    statement.execute("CUTOVER shop TO green");
                                } catch (SQLException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            assertThat(admin.waiting.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            await().until(() -> statement.getWarnings() != null);
            admin.mayEnd.countDown();
            running.get(PATIENCE_SECONDS, TimeUnit.SECONDS);

            assertThat(statement.getWarnings().getMessage()).isEqualTo("hold begins");
        }
    }

    @Test
    void everyCommandIsAudited() throws Exception {
        try (var connection = operator();
                var statement = connection.createStatement()) {
            statement.execute("RESUME shop");
            failure(statement, "KILL \"s\"");
            failure(statement, "NONSENSE");
        }
        assertThat(audit()).hasSize(3);
        assertThat(audit().get(0))
                .contains(
                        "\"user\":\"operator\"",
                        "\"address\":\"127.0.0.1\"",
                        "\"command\":\"RESUME shop\"",
                        "\"result\":\"ok\"");
        assertThat(audit().get(1)).contains("KILL \\\"s\\\"", "\"result\":\"55006\"");
        assertThat(audit().get(2)).contains("\"result\":\"42601\"");
    }

    private List<String> audit() throws Exception {
        var file = folder.resolve("state/audit.jsonl");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }
}
