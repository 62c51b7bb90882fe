package dev.pointsman.core.session;

import static dev.pointsman.core.session.GateAndSessionTest.close;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pointsman.core.config.Database.PoolMode;
import dev.pointsman.core.config.Limits;
import dev.pointsman.core.gate.Hold;
import dev.pointsman.core.peer.CancelStage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Whom a cancel request hits: what its client runs at that time, and nothing else ever.
class CancelTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    @ParameterizedTest
    @EnumSource
    void itReachesTheServerConnectionOfItsClientAndNoOther(PoolMode mode) {
        try (var stage = new CancelStage();
                var rig = rig(mode, 2, stage);
                var one = CancelClient.of(rig);
                var two = CancelClient.of(rig)) {
            // given
            one.query("slow 1");
            two.query("slow 2");
            stage.awaitRunning("slow 1");
            stage.awaitRunning("slow 2");

            // when
            two.cancel().expectClosed();

            // then
            int hit = stage.connectionOf("slow 2");
            assertThat(stage.log())
                    .filteredOn(CancelTest::isCancel)
                    .containsExactly("cancel " + hit);
            stage.endCancelled("slow 2");
            stage.end("slow 1");
            two.peer().expectError("57014");
            two.peer().expectReady('I');
            one.expectRows();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoWaitsForAServerConnectionIsAnsweredAndWhoHasItIsLeftAlone(PoolMode mode) {
        try (var stage = new CancelStage();
                var rig = rig(mode, 1, stage);
                var one = CancelClient.of(rig);
                var two = CancelClient.of(rig)) {
            // given
            one.query("slow 1");
            stage.awaitRunning("slow 1");
            two.query("select 2");
            await().atMost(LONG).until(() -> waiting(rig) == 1);

            // when
            two.cancel().expectClosed();

            // then
            two.peer().expectError("57014");
            two.peer().expectReady('I');
            stage.end("slow 1");
            one.expectRows();
            one.leave();
            two.query("select 3");
            two.expectRows();
            assertThat(stage.log()).noneMatch(CancelTest::isCancel).doesNotContain("1: select 2");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoIsHeldIsAnsweredAndTheServerIsNotAsked(PoolMode mode) throws Exception {
        try (var stage = new CancelStage();
                var rig = rig(mode, 1, stage);
                var client = CancelClient.of(rig)) {
            // given
            client.query("select 1");
            client.expectRows();
            Hold hold = close(rig);
            client.query("select 2");
            await().atMost(LONG).until(() -> rig.gate().counts().waiting() == 1);

            // when
            client.cancel().expectClosed();

            // then
            client.peer().expectError("57014");
            client.peer().expectReady('I');
            hold.open().get();
            client.query("select 3");
            client.expectRows();
            assertThat(stage.log()).containsExactly("1: select 1", "1: select 3");
        }
    }

    @Test
    void whenItComesTooLateTheConnectionsNextClientIsNotHit() {
        try (var stage = new CancelStage();
                var rig = rig(PoolMode.TRANSACTION, 1, stage);
                var one = CancelClient.of(rig);
                var two = CancelClient.of(rig)) {
            // given
            stage.keepCancels();
            one.query("slow 1");
            stage.awaitRunning("slow 1");
            two.query("select 2");
            await().atMost(LONG).until(() -> waiting(rig) == 1);
            var request = one.cancel();
            stage.awaitCancel();

            // when: the statement ends while the server still has the request
            stage.end("slow 1");
            one.expectRows();
            staysOut(stage, "1: select 2");
            stage.endCancels();

            // then
            two.expectRows();
            request.expectClosed();
            assertThat(stage.log())
                    .containsExactly(
                            "1: slow 1",
                            "cancel 1",
                            "ended slow 1",
                            "cancel ended",
                            "1: ",
                            "1: select 2");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whenItComesTooLateTheClientsOwnNextQueryIsNotHit(PoolMode mode) {
        try (var stage = new CancelStage();
                var rig = rig(mode, 1, stage);
                var client = CancelClient.of(rig)) {
            // given
            stage.keepCancels();
            client.query("slow 1");
            stage.awaitRunning("slow 1");
            var request = client.cancel();
            stage.awaitCancel();
            stage.end("slow 1");
            client.expectRows();

            // when
            client.query("select 2");
            staysOut(stage, "1: select 2");
            stage.endCancels();

            // then
            client.expectRows();
            request.expectClosed();
            assertThat(stage.log()).endsWith("cancel ended", "1: ", "1: select 2");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatWaitsForALateOneToEndCanBeCancelledToo(PoolMode mode) {
        try (var stage = new CancelStage();
                var rig = rig(mode, 1, stage);
                var client = CancelClient.of(rig)) {
            // given
            stage.keepCancels();
            client.query("slow 1");
            stage.awaitRunning("slow 1");
            client.cancel();
            stage.awaitCancel();
            stage.end("slow 1");
            client.expectRows();
            double before = received(rig);
            client.query("select 2");
            await().atMost(LONG).until(() -> received(rig) > before);

            // when
            client.cancel().expectClosed();

            // then
            client.peer().expectError("57014");
            client.peer().expectReady('I');
            stage.endCancels();
            client.query("select 3");
            client.expectRows();
            assertThat(stage.log()).doesNotContain("1: select 2");
        }
    }

    @ParameterizedTest
    @EnumSource
    void withNothingRunningInTheTransactionNothingIsSent(PoolMode mode) {
        try (var stage = new CancelStage();
                var rig = rig(mode, 1, stage);
                var client = CancelClient.of(rig)) {
            client.peer().run("begin");

            client.cancel().expectClosed();

            client.query("select 2");
            client.peer().expectUpTo('C');
            client.peer().expectReady('T');
            assertThat(stage.log()).containsExactly("1: begin", "1: select 2");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSecondOneReachesTheStatementThatRunsThen(PoolMode mode) {
        try (var stage = new CancelStage();
                var rig = rig(mode, 1, stage);
                var client = CancelClient.of(rig)) {
            // given: the first one has hit, and its socket is still open
            client.peer().run("begin");
            stage.keepCancels();
            client.query("slow 1");
            stage.awaitRunning("slow 1");
            client.cancel();
            stage.awaitCancel();
            stage.endCancelled("slow 1");
            client.peer().expectError("57014");
            client.peer().expectReady('E');
            client.query("slow 2");
            stage.awaitRunning("slow 2");

            // when
            var second = client.cancel();
            stage.endCancels();

            // then
            second.expectClosed();
            assertThat(stage.log()).filteredOn(CancelTest::isCancel).hasSize(2);
            stage.endCancelled("slow 2");
            client.peer().expectError("57014");
            client.peer().expectReady('E');
        }
    }

    @Test
    void afterCancelWaitTimeoutItsClientIsSentAwayAndNobodyElseGetsTheConnection() {
        try (var stage = new CancelStage();
                var rig = rig(PoolMode.TRANSACTION, 1, stage, Duration.ofMillis(200));
                var one = CancelClient.of(rig);
                var two = CancelClient.of(rig)) {
            // given
            stage.keepCancels();
            one.query("slow 1");
            stage.awaitRunning("slow 1");

            // when: the server does not get round to it
            one.cancel().expectClosed();
            stage.end("slow 1");

            // then
            one.expectRows();
            two.query("select 2");
            two.expectRows();
            assertThat(stage.connectionOf("select 2"))
                    .isPositive()
                    .isNotEqualTo(stage.connectionOf("slow 1"));
        }
    }

    @Test
    void afterCancelWaitTimeoutASessionThatKeepsItsConnectionGoesOn() {
        try (var stage = new CancelStage();
                var rig = rig(PoolMode.SESSION, 1, stage, Duration.ofMillis(200));
                var one = CancelClient.of(rig);
                var two = CancelClient.of(rig)) {
            // given
            stage.keepCancels();
            one.query("slow 1");
            stage.awaitRunning("slow 1");

            // when
            one.cancel().expectClosed();
            stage.end("slow 1");

            // then
            one.expectRows();
            one.query("select 2");
            one.expectRows();
            one.leave();
            two.query("select 3");
            two.expectRows();
            assertThat(stage.connectionOf("select 2")).isEqualTo(stage.connectionOf("slow 1"));
            assertThat(stage.connectionOf("select 3")).isNotEqualTo(stage.connectionOf("slow 1"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aKeyThatIsNearlyRightIsNotObeyed(PoolMode mode) {
        try (var stage = new CancelStage();
                var rig = rig(mode, 1, stage);
                var client = CancelClient.of(rig)) {
            // given
            client.query("slow 1");
            stage.awaitRunning("slow 1");
            byte[] wrong = client.secret();
            wrong[wrong.length - 1] ^= 1;
            var wrongs =
                    List.of(
                            wrong,
                            Arrays.copyOf(client.secret(), client.secret().length - 1),
                            Arrays.copyOf(client.secret(), client.secret().length + 1));

            // when
            for (var secret : wrongs) {
                client.cancel(client.pid(), secret).expectClosed();
            }
            client.cancel(client.pid() + 1, client.secret()).expectClosed();

            // then
            stage.end("slow 1");
            client.expectRows();
            assertThat(stage.log()).containsExactly("1: slow 1", "ended slow 1");
        }
    }

    private static SessionRig rig(PoolMode mode, int size, CancelStage stage) {
        return rig(mode, size, stage, LONG);
    }

    private static SessionRig rig(PoolMode mode, int size, CancelStage stage, Duration cancelWait) {
        var limits = Limits.defaults();
        var servers = limits.servers();
        return new SessionRig(
                mode,
                size,
                Map.of("blue", stage.port()),
                limits.with(
                        new Limits.Servers(
                                servers.connectTimeout(),
                                servers.idleTimeout(),
                                servers.lifetime(),
                                servers.loginRetry(),
                                cancelWait)));
    }

    /// What must not reach the server is given time to do so.
    private static void staysOut(CancelStage stage, String line) {
        await().during(Duration.ofMillis(200))
                .atMost(LONG)
                .until(() -> !stage.log().contains(line));
    }

    private static boolean isCancel(String line) {
        return line.startsWith("cancel ") && !line.equals("cancel ended");
    }

    private static int waiting(SessionRig rig) {
        return rig.registry().count(SessionRig.DATABASE, SessionState.WAITING);
    }

    private static double received(SessionRig rig) {
        return rig.meter()
                .scrape()
                .lines()
                .filter(line -> line.startsWith("pointsman_bytes_total{"))
                .filter(line -> line.contains("received"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf('}') + 1)))
                .sum();
    }
}
