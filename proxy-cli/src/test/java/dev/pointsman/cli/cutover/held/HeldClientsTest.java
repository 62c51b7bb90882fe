package dev.pointsman.cli.cutover.held;

import static dev.pointsman.cli.cutover.wire.Message.bind;
import static dev.pointsman.cli.cutover.wire.Message.copyData;
import static dev.pointsman.cli.cutover.wire.Message.copyDone;
import static dev.pointsman.cli.cutover.wire.Message.execute;
import static dev.pointsman.cli.cutover.wire.Message.parse;
import static dev.pointsman.cli.cutover.wire.Message.query;
import static dev.pointsman.cli.cutover.wire.Message.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.At;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.cutover.wire.Message;
import dev.pointsman.cli.cutover.wire.RawClient;
import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.report.Report;
import dev.pointsman.core.cutover.run.Step;
import dev.pointsman.core.gate.GateCounts;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.concurrent.FutureTask;

/// Clients at the closed gate, and those who are inside when it closes.
@Tag("real")
class HeldClientsTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    private static final String CANCELLED =
            "E 57014 canceling statement due to user request; it was not run";

    @TempDir Path state;

    private final At at = new At();

    private CrossingLab lab(String mode) throws Exception {
        return CrossingLab.start(
                servers,
                state,
                Setup.of(mode)
                        .cutover("attempts: 1, drain_timeout: 8s, hold_limit: 10s")
                        .more("auth: {type: trust}"),
                at);
    }

    private GateCounts gate(CrossingLab lab) {
        return lab.proxy().gates().of(servers.database()).counts();
    }

    private void awaitHeld(CrossingLab lab, int count) {
        Awaitility.await(count + " held").until(() -> gate(lab).waiting() == count);
    }

    private String accounts(RealServer server) throws SQLException {
        return server.value(
                servers.database(),
                "select coalesce(string_agg(id::text, ',' order by id), '') from account");
    }

    private static void switched(Report report) {
        assertThat(report.ending().outcome())
                .as(report.ending().message())
                .isEqualTo(Outcome.SWITCHED);
        assertThat(report.pause().clients().failed()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"transaction", "session"})
    void aCancelAnswersEveryHeldUnitAndTheSessionGoesOn(String mode) throws Exception {
        try (var lab = lab(mode);
                var simple = lab.raw();
                var pipelined = lab.raw()) {
            simple.run("select 1");
            at.at(
                    Step.DRAINED,
                    () -> {
                        // given: two whole units, and one whose Sync is to come
                        simple.send(query("insert into account values (1, 1)"));
                        pipelined.send(
                                query("insert into account values (2, 2)"),
                                parse("", "insert into account values (3, 3)"),
                                bind(""),
                                execute(),
                                sync(),
                                parse("", "insert into account values (4, 4)"),
                                bind(""));
                        awaitHeld(lab, 2);
                        // when
                        simple.cancel();
                        pipelined.cancel();
                        // then
                        assertThat(simple.awaitReady()).containsExactly(CANCELLED, "Z I");
                        assertThat(pipelined.awaitReady()).containsExactly(CANCELLED, "Z I");
                        assertThat(pipelined.awaitReady()).containsExactly(CANCELLED, "Z I");
                        assertThat(pipelined.next()).isEqualTo(CANCELLED);
                        // and the rest of the unfinished one is not run, what follows is held
                        pipelined.send(
                                execute(), sync(), query("insert into account values (5, 5)"));
                        assertThat(pipelined.awaitReady()).containsExactly("Z I");
                        awaitHeld(lab, 1);
                    });

            // when
            var report = lab.to("green");

            // then
            at.verify();
            switched(report);
            assertThat(pipelined.awaitReady()).containsExactly("C INSERT 0 1", "Z I");
            assertThat(simple.run("insert into account values (6, 6)"))
                    .containsExactly("C INSERT 0 1", "Z I");
            assertThat(accounts(servers.target())).isEqualTo("5,6");
            assertThat(report.pause().clients().held()).isGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void whoGoesAwayIsForgottenAndWhoComesIsHeld() throws Exception {
        try (var lab = lab("transaction");
                var leaving = lab.raw()) {
            leaving.run("select 1");
            var newcomers = new ArrayList<RawClient>();
            at.at(
                    Step.DRAINED,
                    () -> {
                        leaving.send(query("insert into account values (1, 1)"));
                        awaitHeld(lab, 1);
                        // when
                        leaving.hangUp();
                        awaitHeld(lab, 0);
                        for (int i = 0; i < 3; i++) {
                            var newcomer = lab.raw();
                            newcomers.add(newcomer);
                            newcomer.send(
                                    query("insert into account values (" + (10 + i) + ", 0)"));
                        }
                        awaitHeld(lab, 3);
                    });

            // when
            var report = lab.to("green");

            // then
            at.verify();
            switched(report);
            for (var newcomer : newcomers) {
                assertThat(newcomer.awaitReady()).containsExactly("C INSERT 0 1", "Z I");
                newcomer.close();
            }
            assertThat(accounts(servers.target())).isEqualTo("10,11,12");
        }
    }

    /// Without bounds ten clients that send 10 MB each would be 100 MB of the proxy's memory.
    @Test
    void whoSendsTooMuchWhileHeldIsNotReadAndTheOthersGoOn() throws Exception {
        try (var lab = lab("transaction");
                var small = lab.raw();
                var large = lab.raw()) {
            small.run("select 1");
            large.run("select 1");
            int size = 10 << 20;
            var text = "x".repeat(size);
            var sending =
                    new FutureTask<>(
                            () -> large.send(query("select length('" + text + "')")).awaitReady());
            at.at(
                    Step.DRAINED,
                    () -> {
                        // when
                        Thread.ofVirtual().start(sending);
                        Awaitility.await("a full gate")
                                .until(() -> gate(lab).heldBytes() >= (1 << 20));
                        small.send(query("insert into account values (1, 1)"));
                        awaitHeld(lab, 2);
                        // then
                        assertThat(gate(lab).heldBytes()).isLessThan(3 << 20);
                        assertThat(sending.isDone()).isFalse();
                    });

            var report = lab.to("green");

            // then
            at.verify();
            switched(report);
            assertThat(report.pause().clients().bytesHeld()).isBetween(1L << 20, 3L << 20);
            assertThat(small.awaitReady()).containsExactly("C INSERT 0 1", "Z I");
            assertThat(sending.get()).contains("D " + size);
        }
    }

    /// The target's functions are looked at before the gate closes: behind it nobody waits for
    /// that, nor is asked what its transaction has left.
    @Test
    void theFirstTransactionOnTheTargetIsNotAskedWhatItLeft() throws Exception {
        try (var lab = lab("transaction");
                var client = lab.raw()) {
            client.run("insert into account values (1, 1)");
            at.at(
                    Step.DRAINED,
                    () -> {
                        client.send(query("insert into account values (2, 2)"));
                        awaitHeld(lab, 1);
                    });

            // when
            switched(lab.to("green"));

            // then
            at.verify();
            assertThat(client.awaitReady()).containsExactly("C INSERT 0 1", "Z I");
            assertThat(
                            servers.target()
                                    .column(
                                            servers.database(),
                                            "select query from pg_stat_activity where query like"
                                                    + " 'insert into account values%'"
                                                    + " or query like 'SELECT ''t''%'"))
                    .containsExactly("insert into account values (2, 2)");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"transaction", "session"})
    void aCopyUnderWayIsBroughtToItsEndOnTheSource(String mode) throws Exception {
        try (var lab = lab(mode);
                var client = lab.raw()) {
            client.send(query("copy account from stdin"));
            assertThat(client.next()).isEqualTo("G");
            client.send(row("1\t1\n"));
            at.at(
                    Step.HELD,
                    () -> {
                        // when: the gate is closed, and the copy goes on
                        client.send(row("2\t2\n"), row("3\t3\n"), copyDone());
                        client.send(query("insert into account values (4, 4)"));
                    });

            // then
            switched(lab.to("green"));
            at.verify();
            assertThat(client.awaitReady()).containsExactly("C COPY 3", "Z I");
            assertThat(client.awaitReady()).containsExactly("C INSERT 0 1", "Z I");
            assertThat(accounts(servers.target())).isEqualTo("1,2,3,4");
        }
    }

    private static Message row(String text) {
        return copyData(text.getBytes(StandardCharsets.UTF_8));
    }

    /// The backend of a client that is gone may still commit: the drain waits for it.
    @Test
    void theStatementOfAClientThatWasKilledIsAwaited() throws Exception {
        try (var lab = lab("transaction");
                var killed = lab.raw();
                var inBlock = lab.raw()) {
            // given: connections to the source for both, since none is opened behind the fence
            killed.run("begin");
            inBlock.run("begin");
            killed.run("rollback");
            inBlock.run("rollback");
            at.at(
                    Step.OPENED,
                    () -> {
                        killed.send(
                                query(
                                        "insert into account select 1, 1 from (select"
                                                + " pg_sleep(0.7)) as slowly"));
                        inBlock.send(
                                query("begin"),
                                query(
                                        "insert into account select 2, 2 from (select"
                                                + " pg_sleep(0.5)) as slowly"));
                        Awaitility.await()
                                .until(
                                        () ->
                                                servers.source()
                                                        .value(
                                                                "postgres",
                                                                "select count(*) from"
                                                                        + " pg_stat_activity where"
                                                                        + " wait_event = 'PgSleep'")
                                                        .equals("2"));
                    });
            at.at(
                    Step.HELD,
                    () -> {
                        killed.hangUp();
                        inBlock.hangUp();
                    });

            // when
            var report = lab.to("green");

            // then: what commits by itself has committed, and the target has it; what was open has
            // been rolled back
            at.verify();
            switched(report);
            assertThat(report.pause().clients().drained()).isEqualTo(2);
            assertThat(accounts(servers.target())).isEqualTo("1");
            assertThat(accounts(servers.source())).isEqualTo("1");
        }
    }
}
