package dev.pointsman.admin;

import static dev.pointsman.admin.AdminFixture.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.pointsman.admin.command.AdminCommand.Stop;
import dev.pointsman.core.cutover.report.Stage;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

class OperationsTest {
    private static final long PATIENCE_SECONDS = 120;

    @TempDir private Path folder;
    private AdminFixture admin;
    private Connection connection;

    @BeforeEach
    void open() throws Exception {
        admin = new AdminFixture(folder);
        connection = admin.operator();
    }

    @AfterEach
    void close() throws Exception {
        connection.close();
        admin.close();
    }

    private void run(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private SQLException failure(String sql) {
        return catchThrowableOfType(SQLException.class, () -> run(sql));
    }

    private String state(String database) throws SQLException {
        try (var other = admin.operator()) {
            return String.valueOf(rows(other, "SHOW ROUTES " + database).getFirst().get("state"));
        }
    }

    @ParameterizedTest
    @CsvSource({"PAUSE,RESUME,paused", "MAINTENANCE ON,MAINTENANCE OFF,maintenance"})
    void aClosedGateStaysClosedWhenItsConnectionIsGoneUntilItIsOpened(
            String close, String open, String state) throws Exception {
        run(close + " shop");
        connection.close();
        assertThat(state("shop")).isEqualTo(state);
        assertThat(state("orders")).isEqualTo("serving");

        connection = admin.operator();
        assertThat(failure(close + " shop").getSQLState()).isEqualTo("55000");
        run(open + " shop");

        assertThat(state("shop")).isEqualTo("serving");
        assertThat(failure(open + " shop").getSQLState()).isEqualTo("55000");
    }

    @Test
    void pauseAnswersOnceTheRunningTransactionsHaveEnded() throws Exception {
        var leave = admin.enter("shop");
        var pausing = CompletableFuture.supplyAsync(() -> failureOrNone("PAUSE"));
        await().until(() -> state("orders").equals("paused"));
        assertThat(pausing.isDone()).isFalse();

        leave.run();

        assertThat(pausing.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEmpty();
        assertThat(state("shop")).isEqualTo("paused");
        run("RESUME");
        assertThat(state("shop")).isEqualTo("serving");
        assertThat(state("orders")).isEqualTo("serving");
    }

    private Optional<SQLException> failureOrNone(String sql) {
        try {
            run(sql);
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PAUSE", "MAINTENANCE ON"})
    void withinALimitItIsUndoneAndNamesWhoIsInTheWay(String command) throws Exception {
        var leave = admin.enter("shop");

        var refused = failure(command + " shop WITHIN 20ms");

        assertThat(refused.getSQLState()).isEqualTo("55P03");
        assertThat(refused.getMessage())
                .contains(
                        "client 4711",
                        "app",
                        "10.9.8.7",
                        "server process 99",
                        "idle in transaction");
        assertThat(state("shop")).isEqualTo("serving");
        leave.run();
    }

    @Test
    void whoseServerDoesNotAnswerIsNotWaitedFor() throws Exception {
        var leave = admin.enterAndLoseServer("shop");
        admin.serversAreSilent = true;

        try (var statement = connection.createStatement()) {
            statement.execute("PAUSE shop");

            assertThat(statement.getWarnings().getMessage())
                    .contains("not waited for", "server process 99", "may still be carried out");
        }
        assertThat(state("shop")).isEqualTo("paused");
        run("RESUME shop");
        leave.run();
    }

    @Test
    void aProcessThatIsLostAndStillThereIsWaitedForAndNamedWithTheWayToEndIt() throws Exception {
        var leave = admin.enterAndLoseServer("shop");

        var refused = failure("PAUSE shop WITHIN 20ms");

        assertThat(refused.getSQLState()).isEqualTo("55P03");
        assertThat(refused.getMessage())
                .contains("server process 99", "pg_terminate_backend(pid)")
                .doesNotContain("KILL_CLIENT");
        leave.run();
    }

    @Test
    void whoeverRunsIsWaitedForBesideThoseWhoseServerDoesNotAnswer() throws Exception {
        var leave = admin.enterAndLoseServer("shop");
        var other = admin.enter("shop");
        admin.serversAreSilent = true;

        assertThat(failure("PAUSE shop WITHIN 20ms").getMessage())
                .contains("2 transactions", "KILL_CLIENT");
        leave.run();
        other.run();
    }

    @Test
    void ctrlCUndoesAPauseThatStillWaits() throws Exception {
        var leave = admin.enter("shop");
        var statement = connection.createStatement();
        var pausing =
                CompletableFuture.supplyAsync(
                        () ->
                                catchThrowableOfType(
                                        SQLException.class, () -> statement.execute("PAUSE")));
        await().until(() -> state("shop").equals("paused"));

        await().until(
                        () -> {
                            statement.cancel();
                            return pausing.isDone();
                        });

        assertThat(pausing.get().getSQLState()).isEqualTo("57014");
        assertThat(state("shop")).isEqualTo("serving");
        assertThat(state("orders")).isEqualTo("serving");
        leave.run();
    }

    @Test
    void aLostConnectionUndoesAPauseThatStillWaits() throws Exception {
        var leave = admin.enter("shop");
        var pausing = CompletableFuture.supplyAsync(() -> failureOrNone("PAUSE shop"));
        await().until(() -> state("shop").equals("paused"));

        connection.abort(Runnable::run);

        await().until(() -> state("shop").equals("serving"));
        assertThat(pausing.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isPresent();
        leave.run();
    }

    @Test
    void whoWaitsIsToldForWhom() throws Exception {
        var leave = admin.enter("shop");
        var statement = connection.createStatement();
        var pausing =
                CompletableFuture.supplyAsync(
                        () ->
                                catchThrowableOfType(
                                        SQLException.class, () -> statement.execute("PAUSE shop")));

        await().until(() -> statement.getWarnings() != null);

        assertThat(statement.getWarnings().getMessage()).contains("client 4711");
        leave.run();
        assertThat((Throwable) pausing.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PAUSE",
                "PAUSE shop",
                "RESUME",
                "MAINTENANCE ON",
                "MAINTENANCE OFF shop",
                "RECONNECT shop",
                "KILL shop",
                "MIGRATE shop TO green",
                "MIGRATE shop ABORT",
                "MIGRATE shop COMPLETE",
                "CUTOVER shop TO green",
                "CUTOVER shop BACK",
                "REPAIR shop",
                "SHUTDOWN"
            })
    void whileARunHoldsADatabaseOthersAreRefusedAndToldWhichRun(String command) throws Exception {
        admin.cutovers.stage = Optional.of(Stage.DRAIN);

        var refused = failure(command);

        assertThat(refused.getSQLState()).isEqualTo("55006");
        assertThat(refused.getMessage())
                .contains("cutover 7 from blue to green, which ann asked for");
        assertThat(admin.cutovers.orders).isEmpty();
        assertThat(admin.stops).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PAUSE shop",
                "MIGRATE shop TO green",
                "MIGRATE shop ABORT",
                "MIGRATE shop COMPLETE",
                "CUTOVER shop TO green"
            })
    void besideAnotherInstanceThatIsAliveNothingIsHeldOrMoved(String command) throws Exception {
        admin.cutovers.other = Optional.of("east-2");

        var refused = failure(command);

        assertThat(refused.getSQLState()).isEqualTo("55000");
        assertThat(refused.getMessage()).contains("east-2");
        assertThat(state("shop")).isEqualTo("serving");
    }

    @Test
    void aKilledDatabaseIsHeldUntilResume() throws Exception {
        run("KILL shop");
        assertThat(state("shop")).isEqualTo("paused");

        run("RESUME shop");

        assertThat(state("shop")).isEqualTo("serving");
    }

    @Test
    void unknownNamesAreAnsweredWithTheNearest() {
        assertThat(failure("PAUSE shpo").getMessage())
                .contains("there is no database with the name \"shpo\"", "Did you mean shop?");
        assertThat(failure("CUTOVER shop TO gren").getMessage())
                .contains("server of database shop", "Did you mean green?");
        assertThat(failure("KILL_CLIENT 12345").getSQLState()).isEqualTo("42704");
    }

    @Test
    void namesMatchInLowerCaseAsInSql() throws Exception {
        run("PAUSE SHOP");
        assertThat(state("shop")).isEqualTo("paused");
    }

    @Test
    void otherOperationsAnswer() throws Exception {
        run("RECONNECT");
        run("WAIT_CLOSE shop");
        run("SHUTDOWN WAIT_FOR_CLIENTS");
        assertThat(admin.stops).containsExactly(Stop.WAIT_FOR_CLIENTS);
    }

    @Test
    void reloadTellsWhatChangedOrWhyNot() throws Exception {
        assertThat(failure("RELOAD").getSQLState()).isEqualTo("55P02");
        try (var statement = connection.createStatement()) {
            statement.execute("RELOAD");
            assertThat(statement.getWarnings().getMessage()).contains("limits.max_client_conn");
        }
    }

    @Test
    void settingsAreSetUnderTheirNames() throws Exception {
        run("SET max_client_conn = 5");
        run("SET databases.shop.cutover.max_lag TO '2MiB'");
        run("SET log.level = debug");
        assertThat(admin.settings)
                .containsExactly(
                        "max_client_conn to 5",
                        "databases.shop.cutover.max_lag to 2MiB",
                        "log.level to debug");
    }

    @Test
    void aPasswordInASetIsNotWrittenDown() throws Exception {
        run("SET users.app.password = 'hush'");
        assertThat(Files.readString(folder.resolve("audit.jsonl")))
                .contains("SET users.app.password = ********")
                .doesNotContain("hush");
    }

    @Test
    void aDisabledDatabaseIsShownAsSuchUntilItIsEnabled() throws Exception {
        run("DISABLE shop");
        run("DISABLE shop");
        assertThat(state("shop")).isEqualTo("disabled");
        assertThat(rows(connection, "SHOW DATABASES").getFirst()).containsEntry("disabled", "1");
        run("ENABLE shop");
        assertThat(state("shop")).isEqualTo("serving");
    }

    @Test
    void suspendHoldsAllDatabasesUntilResume() throws Exception {
        run("SUSPEND");
        assertThat(rows(connection, "SHOW STATE"))
                .extracting(row -> row.get("key") + " " + row.get("value"))
                .containsExactly("active no", "paused no", "suspended yes");
        assertThat(state("orders")).isEqualTo("paused");
        assertThat(failure("SUSPEND").getSQLState()).isEqualTo("55000");
        run("RESUME");
        assertThat(state("orders")).isEqualTo("serving");
    }

    @Test
    void verifyWithoutAMigrationIsRefused() throws Exception {
        assertThat(failure("VERIFY shop").getSQLState()).isIn("55000", "57P03");
    }

    @Test
    void grantsArePrintedForServersThatCannotBeAskedAsWell() throws Exception {
        assertThat(rows(connection, "SHOW GRANTS shop"))
                .extracting(row -> row.get("server"))
                .contains("blue", "green");
    }
}
