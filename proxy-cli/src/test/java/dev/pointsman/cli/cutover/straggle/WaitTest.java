package dev.pointsman.cli.cutover.straggle;

import static dev.pointsman.cli.cutover.wire.Message.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.At;
import dev.pointsman.cli.cutover.Console;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.run.Step;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// `stragglers: wait` and `stragglers: abort`: nobody's transaction is ended.
@Tag("real")
class WaitTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension
    final LaidServers laid =
            new LaidServers(
                    servers,
                    Setup.of("transaction")
                            .cutover("calm_timeout: 100ms, drain_timeout: 100ms")
                            .more("auth: {type: trust}"));

    @TempDir Path state;

    private final At at = laid.at();

    @Test
    void theHoldWaitsForATransactionThatEndsWithinItsLimit() throws Exception {
        try (var lab = laid.lab(state, "stragglers: wait, attempts: 1, hold_limit: 20s");
                var client = lab.raw()) {
            client.run("begin");
            client.run("insert into account values (1, 1)");
            at.at(Step.HELD, () -> client.send(query("select pg_sleep(0.5)"), query("commit")));

            // when
            var report = lab.to("green");

            // then
            at.verify();
            assertThat(report.ending().outcome())
                    .as(report.ending().message())
                    .isEqualTo(Outcome.SWITCHED);
            assertThat(report.pause().clients().drained()).isEqualTo(1);
            assertThat(report.pause().clients().failed()).isZero();
            assertThat(client.awaitReady()).endsWith("Z T");
            assertThat(client.awaitReady()).containsExactly("C COMMIT", "Z I");
            assertThat(servers.target().value(servers.database(), "select id from account"))
                    .isEqualTo("1");
        }
    }

    @Test
    void theOperatorSeesWhatTheHoldWaitsForWhileItWaits() throws Exception {
        try (var lab = laid.lab(state, "stragglers: wait, attempts: 1, hold_limit: 20s");
                var console = Console.before(lab.proxy());
                var operator = console.logIn();
                var command = operator.createStatement();
                var client = lab.raw()) {
            // given
            at.at(Step.OPENED, () -> client.run("begin"));

            // when
            var cutover = new CompletableFuture<String>();
            Thread.ofVirtual()
                    .start(
                            () -> {
                                try {
                                    command.execute("CUTOVER " + servers.database() + " TO green");
                                    cutover.complete("ok");
                                } catch (SQLException e) {
                                    cutover.complete(String.valueOf(e.getMessage()));
                                }
                            });
            Awaitility.await("the notice")
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> cutover.isDone() || notices(command).contains("drain begins"));

            // then
            assertThat(cutover).isNotDone();
            assertThat(notices(command))
                    .contains("calm begins", "drain begins")
                    .doesNotContain("mark begins");
            assertThat(client.run("commit")).containsExactly("C COMMIT", "Z I");
            assertThat(cutover.get(2, TimeUnit.MINUTES)).isEqualTo("ok");
            at.verify();
        }
    }

    private static List<String> notices(Statement command) throws SQLException {
        var texts = new ArrayList<String>();
        for (var notice = command.getWarnings(); notice != null; notice = notice.getNextWarning()) {
            texts.add(String.valueOf(notice.getMessage()));
        }
        return texts;
    }

    @Test
    void theHoldDoesNotWaitBeyondItsLimit() throws Exception {
        try (var lab = laid.lab(state, "stragglers: wait, attempts: 1, hold_limit: 500ms");
                var client = lab.raw()) {
            client.run("begin");
            client.run("insert into account values (1, 1)");

            // when
            var report = lab.to("green");

            // then
            assertThat(report.ending().outcome()).isEqualTo(Outcome.ROLLED_BACK);
            assertThat(report.ending().message())
                    .contains("still inside", "user crosser", "idle in transaction");
            assertThat(client.run("commit")).containsExactly("C COMMIT", "Z I");
            assertThat(servers.source().value(servers.database(), "select id from account"))
                    .isEqualTo("1");
        }
    }

    @Test
    void anAttemptThatAStragglerStoppedIsMadeAgain() throws Exception {
        try (var lab = laid.lab(state, "stragglers: abort, attempts: 3, attempt_pause: 50ms");
                var client = lab.raw()) {
            // given: a transaction that begins when no other was in the way any more
            client.run("begin");
            client.run("rollback");
            at.at(
                    Step.OPENED,
                    () -> {
                        client.run("begin");
                        client.run("insert into account values (1, 1)");
                    });
            at.at(
                    Step.UNDONE,
                    () -> assertThat(client.run("commit")).containsExactly("C COMMIT", "Z I"));

            // when
            var report = lab.to("green");

            // then
            at.verify();
            assertThat(report.ending().outcome())
                    .as(report.ending().message())
                    .isEqualTo(Outcome.SWITCHED);
            var reports = lab.proxy().cutovers().reports();
            assertThat(reports).hasSize(2);
            assertThat(reports.getFirst().ending().message())
                    .contains("still inside", "session " + client.id(), "user crosser");
            assertThat(servers.target().value(servers.database(), "select id from account"))
                    .isEqualTo("1");
        }
    }
}
