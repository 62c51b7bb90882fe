package dev.pointsman.admin;

import static dev.pointsman.admin.AdminFixture.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pointsman.core.cutover.CutoverOrder;
import dev.pointsman.core.cutover.Destination;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.report.Requester;
import dev.pointsman.core.cutover.report.Stage;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

class MoveCommandsTest {
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

    private SQLException failure(String sql) {
        return catchThrowableOfType(SQLException.class, () -> rows(connection, sql));
    }

    @Test
    void aSwitchAnswersWithARowPerPhase() throws Exception {
        var phases = rows(connection, "CUTOVER shop TO green DRY RUN MAX PAUSE 100ms ACCEPT lag");

        assertThat(phases).hasSize(2);
        assertThat(phases.getFirst())
                .containsEntry("phase", "hold")
                .containsEntry("at_ms", "5.000")
                .containsEntry("took_ms", "1.235")
                .containsEntry("detail", "16 clients held");
        assertThat(phases.getLast())
                .containsEntry("took_ms", "0.001")
                .containsEntry("detail", null);
        assertThat(admin.cutovers.orders)
                .containsExactly(
                        new CutoverOrder(
                                List.of("shop"),
                                new Destination.To("green"),
                                true,
                                Duration.ofMillis(100),
                                Set.of("lag"),
                                new Requester("operator", "127.0.0.1")));
    }

    @Test
    void backAndSeveralDatabasesReachTheRun() throws Exception {
        rows(connection, "CUTOVER shop BACK IGNORING STRAYS");
        rows(connection, "CUTOVER shop, orders TO green");

        assertThat(admin.cutovers.orders.getFirst().destination())
                .isEqualTo(new Destination.Back(true));
        assertThat(admin.cutovers.orders.getLast().databases()).containsExactly("shop", "orders");
    }

    @ParameterizedTest
    @EnumSource(
            value = Outcome.class,
            names = {"REFUSED", "ROLLED_BACK"})
    void anAbortIsAnErrorThatSaysWhyAndWhoServes(Outcome outcome) {
        admin.cutovers.outcome = outcome;

        var aborted = failure("CUTOVER shop TO green");

        assertThat(aborted.getSQLState()).isEqualTo("55000");
        assertThat(aborted.getMessage())
                .contains("client 9 is still inside", "blue still serves", "phase drain");
    }

    @Test
    void anUnknownOutcomeIsAnErrorOfItsOwn() {
        admin.cutovers.outcome = Outcome.UNKNOWN;

        var unknown = failure("CUTOVER shop TO green");

        assertThat(unknown.getSQLState()).isEqualTo("08007");
        assertThat(unknown.getMessage()).contains("SHOW WHY").doesNotContain("still serves");
    }

    @Test
    void ctrlCAsksTheRunToGiveUpAndDoesNotInterruptIt() throws Exception {
        admin.cutovers.mayEnd = new CountDownLatch(1);
        try (var statement = connection.createStatement()) {
            var running =
                    CompletableFuture.supplyAsync(
                            () ->
                                    catchThrowableOfType(
                                            SQLException.class,
                                            () -> statement.execute("CUTOVER shop TO green")));
            assertThat(admin.cutovers.begun.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

            statement.cancel();

            assertThat(running.get(PATIENCE_SECONDS, TimeUnit.SECONDS).getMessage())
                    .contains("given up and undone");
            assertThat(admin.cutovers.cancelled).containsExactly("shop");
            assertThat(statement.getWarnings().getMessage())
                    .isEqualTo("hold took 1.235 ms: 16 clients held");
        }
    }

    @Test
    void cancelFromAnotherConnectionReachesTheRun() throws Exception {
        try (var statement = connection.createStatement()) {
            statement.execute("CUTOVER shop CANCEL");
        }
        assertThat(admin.cutovers.cancelled).containsExactly("shop");
    }

    @Test
    void theRunningOneAndTheReportsAreShown() throws Exception {
        admin.cutovers.past.add(ScriptedCutovers.report(order(), Outcome.SWITCHED));
        admin.cutovers.past.add(ScriptedCutovers.report(order(), Outcome.ROLLED_BACK));
        admin.cutovers.stage = Optional.of(Stage.ARRIVE);

        var running = rows(connection, "SHOW CUTOVER");
        var all = rows(connection, "SHOW CUTOVERS shop");

        assertThat(running)
                .hasSize(2)
                .allSatisfy(row -> assertThat(row).containsEntry("phase", "arrive"));
        assertThat(all).hasSize(3);
        assertThat(all.get(0))
                .containsEntry("outcome", null)
                .containsEntry("phase", "arrive")
                .containsEntry("pause_ms", null);
        assertThat(all.get(1)).containsEntry("outcome", "rolled_back");
        assertThat(all.get(2))
                .containsEntry("outcome", "switched")
                .containsEntry("pause_ms", "4.200")
                .containsEntry("longest_hold_ms", "3.100")
                .containsEntry("longest_wait_ms", "5.300")
                .containsEntry("median_wait_ms", "2.700")
                .containsEntry("clients", "16")
                .containsEntry("held", "12")
                .containsEntry("transactions_failed", "0")
                .containsEntry("operator", "bo")
                .containsEntry("client_addr", "10.0.0.2")
                .containsEntry("warnings", "one warning")
                .containsEntry("message", null);
    }

    private static CutoverOrder order() {
        return new CutoverOrder(
                List.of("shop"),
                new Destination.To("green"),
                false,
                Duration.ZERO,
                Set.of(),
                new Requester("bo", "10.0.0.2"));
    }

    @Test
    void whyAndRepairAnswerInRows() throws Exception {
        assertThat(rows(connection, "SHOW WHY shop").getFirst())
                .containsEntry("found_in", "journal")
                .containsEntry("decides", "t")
                .containsEntry("unfinished", null);
        assertThat(rows(connection, "REPAIR shop DRY RUN").getFirst())
                .containsEntry("step", "would lift the fence");
        assertThat(rows(connection, "REPAIR shop").getFirst())
                .containsEntry("step", "lifted the fence");
    }
}
