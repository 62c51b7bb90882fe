package dev.pointsman.cli.cutover.busy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.Console;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.cutover.Writers;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.run.Step;
import dev.pointsman.core.wire.Refused;

import org.assertj.core.api.SoftAssertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/// While a run holds a database, nobody else touches it; before the decision it can be given up, by
/// command or by Ctrl-C, and after it it goes on to its end, whoever is there or not.
@Tag("real")
class BusyTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    private static final Set<Step> BEFORE_THE_DECISION =
            EnumSet.range(Step.CHECKED, Step.CONFIRMED);
    private static final String LONG_HOLD = "hold_limit: 20s, drain_timeout: 10s";

    @TempDir Path state;

    private volatile Watching watching = _ -> {};

    private interface Watching {
        void passed(Step step) throws Exception;
    }

    private final List<Throwable> failures = new ArrayList<>();

    private void passed(Step step) {
        try {
            watching.passed(step);
        } catch (Exception | AssertionError e) {
            failures.add(e);
        }
    }

    private CrossingLab lab() throws Exception {
        return CrossingLab.start(
                servers,
                state,
                Setup.of("transaction").cutover("attempts: 1, " + LONG_HOLD),
                this::passed);
    }

    private String to(String server) {
        return "CUTOVER " + servers.database() + " TO " + server;
    }

    private List<String> commands() {
        var database = servers.database();
        return List.of(
                "RESUME " + database,
                "RESUME",
                "PAUSE " + database,
                "PAUSE",
                "MAINTENANCE ON " + database,
                "MAINTENANCE OFF " + database,
                "RECONNECT " + database,
                "KILL " + database,
                "DISABLE " + database,
                "ENABLE " + database,
                "MIGRATE " + database + " TO green",
                "MIGRATE " + database + " ABORT",
                "MIGRATE " + database + " COMPLETE",
                "REPAIR " + database,
                to("green"),
                "CUTOVER " + database + " BACK");
    }

    /// The records are locked, so that the run cannot have read them; it gives up after a while and
    /// is ordered again.
    @Test
    void aRunThatHasNoNumberYetIsToldByWhatItDoes() throws Exception {
        var told = new AtomicBoolean();
        try (var lab = lab();
                var console = Console.before(lab.proxy());
                var lock = servers.source().connect(servers.database());
                var statement = lock.createStatement()) {
            lock.setAutoCommit(false);
            statement.execute("lock table pointsman.record in access exclusive mode");

            // when
            var ordering =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        while (!told.get()) {
                                            orderAnyway(lab);
                                        }
                                    });
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .until(
                            () ->
                                    console.say("RESUME " + servers.database())
                                            .contains(
                                                    "a cutover that tester asked for, which reads"
                                                            + " the records"));

            // then
            told.set(true);
            lock.rollback();
            ordering.join();
        }
    }

    private static void orderAnyway(CrossingLab lab) {
        try {
            lab.to("green");
        } catch (Refused e) {
            System.out.println(e.getMessage());
        }
    }

    @Test
    void everyCommandThatWouldTouchTheDatabaseIsRefusedInEveryPhase() throws Exception {
        var seen = EnumSet.noneOf(Step.class);
        var answers = new SoftAssertions();
        try (var lab = lab();
                var console = Console.before(lab.proxy());
                var writers = new Writers(4, lab::connect)) {
            watching =
                    step -> {
                        seen.add(step);
                        answers.assertThatThrownBy(lab::reloadOtherServers)
                                .as("other servers by RELOAD at " + step)
                                .hasMessageContaining("cutover");
                        for (var command : commands()) {
                            answers.assertThat(console.say(command))
                                    .as(command + " at " + step)
                                    .startsWith("55006 ")
                                    .contains("cutover 1 from blue to green");
                        }
                    };

            // when
            var report = lab.to("green");
            watching = _ -> {};

            // then: and they have changed nothing
            assertThat(failures).isEmpty();
            answers.assertAll();
            assertThat(seen).containsAll(EnumSet.range(Step.CHECKED, Step.RELEASED));
            assertThat(report.ending().outcome()).isEqualTo(Outcome.SWITCHED);
            var now = writers.acknowledged();
            Awaitility.await().until(() -> writers.acknowledged() > now + 20);
            writers.stop();
            assertThat(writers.errors()).isEmpty();
            assertThat(console.column("SHOW ROUTES", "state")).containsExactly("serving");
            assertThat(console.say("PAUSE " + servers.database())).isEqualTo("ok");
            assertThat(console.say("RESUME " + servers.database())).isEqualTo("ok");
        }
    }

    /// One operator's connection on which a cutover runs.
    private static final class Operator implements AutoCloseable {
        private final Connection connection;
        private final Statement statement;
        private final FutureTask<String> answer;

        Operator(Console console, String command) throws SQLException {
            connection = console.logIn();
            statement = connection.createStatement();
            answer =
                    new FutureTask<>(
                            () -> {
                                try {
                                    statement.execute(command);
                                    return "ok";
                                } catch (SQLException e) {
                                    return e.getSQLState() + " " + e.getMessage();
                                }
                            });
        }

        Operator begin() {
            Thread.ofVirtual().start(answer);
            return this;
        }

        void pressCtrlC() throws SQLException {
            statement.cancel();
        }

        String answer() throws Exception {
            return answer.get(120, TimeUnit.SECONDS);
        }

        void hangUp() throws SQLException {
            connection.abort(Runnable::run);
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"CANCEL", "Ctrl-C"})
    void beforeTheDecisionItCanBeGivenUpInEveryPhase(String way) throws Exception {
        var byCommand = way.equals("CANCEL");
        try (var lab = lab();
                var console = Console.before(lab.proxy());
                var writers = new Writers(4, lab::connect)) {
            for (var at : BEFORE_THE_DECISION) {
                var running = new AtomicReference<Operator>();
                watching =
                        step -> {
                            if (step == at && byCommand) {
                                assertThat(console.say("CUTOVER " + servers.database() + " CANCEL"))
                                        .isEqualTo("ok");
                            } else if (step == at) {
                                running.get().pressCtrlC();
                            }
                        };
                try (var operator = new Operator(console, to("green"))) {
                    running.set(operator);
                    // when
                    var answer = operator.begin().answer();
                    // then
                    assertThat(answer)
                            .as("given up at " + at)
                            .startsWith("55000 ")
                            .contains("it was cancelled", "blue still serves");
                }
                assertThat(lab.serving()).isEqualTo("blue");
            }
            assertThat(failures).isEmpty();
            writers.stop();
            assertThat(writers.errors()).isEmpty();
            servers.source().connect(servers.database(), CrossingLab.USER, "").close();
        }
    }

    @Test
    void afterTheDecisionNothingStopsIt() throws Exception {
        try (var lab = lab();
                var console = Console.before(lab.proxy());
                var operator = new Operator(console, to("green"))) {
            var asked = EnumSet.noneOf(Step.class);
            watching =
                    step -> {
                        if (!BEFORE_THE_DECISION.contains(step)) {
                            asked.add(step);
                            assertThat(console.say("CUTOVER " + servers.database() + " CANCEL"))
                                    .as("at " + step)
                                    .startsWith("55000 ")
                                    .contains("has decided already");
                            operator.pressCtrlC();
                        }
                    };

            // when
            var answer = operator.begin().answer();

            // then
            assertThat(failures).isEmpty();
            assertThat(answer).isEqualTo("ok");
            assertThat(asked).contains(Step.DECIDED, Step.JOURNALLED, Step.SWAPPED, Step.RELEASED);
            assertThat(lab.serving()).isEqualTo("green");
        }
    }

    @Test
    void anOperatorWhoseConnectionIsLostChangesNothing() throws Exception {
        try (var lab = lab();
                var console = Console.before(lab.proxy());
                var operator = new Operator(console, to("green"))) {
            watching =
                    step -> {
                        if (step == Step.HELD) {
                            operator.hangUp();
                            console.say("SHOW CUTOVER");
                        }
                    };

            // when
            operator.begin().answer();

            // then
            Awaitility.await().until(() -> !lab.proxy().cutovers().busy(servers.database()));
            assertThat(failures).isEmpty();
            assertThat(lab.serving()).isEqualTo("green");
            assertThat(console.column("SHOW CUTOVERS", "outcome")).containsExactly("switched");
        }
    }
}
