package dev.pointsman.cli.cutover.straggle;

import static dev.pointsman.cli.cutover.CrossingLab.switched;
import static dev.pointsman.cli.cutover.wire.Message.bind;
import static dev.pointsman.cli.cutover.wire.Message.execute;
import static dev.pointsman.cli.cutover.wire.Message.parse;
import static dev.pointsman.cli.cutover.wire.Message.query;
import static dev.pointsman.cli.cutover.wire.Message.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.At;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.real.MissingStandby;
import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.run.Step;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.sql.SQLException;

/// `stragglers: cancel`: what becomes of a transaction is told as it was, and nothing of the rest
/// of a transaction that was taken back is run.
@Tag("real")
class CancelTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    private static final String TAKEN_BACK =
            "E 40001 the transaction was rolled back for a cutover to another server";
    private static final String FAILED_BLOCK =
            "E 25P02 current transaction is aborted, commands ignored until end of transaction"
                    + " block";
    private static final String SLOW =
            "insert into account select 1, 1 from (select pg_sleep(30)) as slowly";

    @TempDir Path state;

    private final At at = new At();

    @AfterEach
    void standAlone() throws Exception {
        MissingStandby.forget(servers.source());
    }

    private CrossingLab lab(String mode) throws Exception {
        return CrossingLab.start(
                servers,
                state,
                Setup.of(mode)
                        .cutover(
                                "stragglers: cancel, attempts: 1, calm_timeout: 100ms,"
                                        + " drain_timeout: 100ms, hold_limit: 2s")
                        .more("auth: {type: trust}"),
                at);
    }

    private void awaitOnSource(String condition) {
        Awaitility.await(condition)
                .until(
                        () ->
                                servers.source()
                                        .value(
                                                "postgres",
                                                "select count(*) > 0 from pg_stat_activity where"
                                                        + " datname = '"
                                                        + servers.database()
                                                        + "' and "
                                                        + condition)
                                        .equals("t"));
    }

    private void awaitUnfinished(String sql) {
        awaitOnSource(
                "wait_event = 'ClientRead' and backend_xid is not null and query = '" + sql + "'");
    }

    private String accounts(RealServer server) throws SQLException {
        return server.value(
                servers.database(),
                "select coalesce(string_agg(id::text, ',' order by id), '') from account");
    }

    @ParameterizedTest
    @ValueSource(strings = {"transaction", "session"})
    void aRunningStatementIsTakenBackAndCanBeRunAgain(String mode) throws Exception {
        try (var lab = lab(mode);
                var client = lab.raw()) {
            client.send(query(SLOW));
            awaitOnSource("wait_event = 'PgSleep'");

            // when
            var report = lab.to("green");

            // then
            switched(report);
            assertThat(client.awaitReady()).containsExactly(TAKEN_BACK, "Z I");
            assertThat(client.run("insert into account values (2, 2)"))
                    .containsExactly("C INSERT 0 1", "Z I");
            assertThat(accounts(servers.target())).isEqualTo("2");
            assertThat(report.pause().clients().cancelled()).isEqualTo(1);
            assertThat(report.pause().clients().failed()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"transaction", "session"})
    void anIdleOpenTransactionStaysFailedUntilTheClientEndsIt(String mode) throws Exception {
        try (var lab = lab(mode);
                var client = lab.raw();
                var other = lab.raw()) {
            client.run("begin");
            client.run("insert into account values (1, 1)");
            other.run("begin");
            other.run("insert into account values (11, 1)");

            // when
            var report = lab.to("green");

            // then
            switched(report);
            assertThat(client.run("insert into account values (2, 2)"))
                    .containsExactly(TAKEN_BACK, "Z E");
            assertThat(client.run("insert into account values (3, 3)"))
                    .containsExactly(FAILED_BLOCK, "Z E");
            assertThat(client.run("commit")).containsExactly("C ROLLBACK", "Z I");
            assertThat(client.run("insert into account values (4, 4)"))
                    .containsExactly("C INSERT 0 1", "Z I");
            assertThat(other.run("commit")).containsExactly(TAKEN_BACK, "Z I");
            assertThat(accounts(servers.target())).isEqualTo("4");
            assertThat(report.pause().clients().failed()).isEqualTo(2);
        }
    }

    @Test
    void aClientThatRollsBackItselfNeedNotKnow() throws Exception {
        try (var lab = lab("transaction");
                var client = lab.raw()) {
            client.run("begin");
            client.run("insert into account values (1, 1)");

            // when
            switched(lab.to("green"));

            // then
            assertThat(client.run("rollback")).containsExactly("C ROLLBACK", "Z I");
            assertThat(accounts(servers.target())).isEmpty();
        }
    }

    @Test
    void theRunningStatementOfABlockFailsTheBlock() throws Exception {
        try (var lab = lab("transaction");
                var client = lab.raw()) {
            client.run("begin");
            client.run("insert into account values (7, 7)");
            client.send(query(SLOW), query("insert into account values (8, 8)"), query("commit"));
            awaitOnSource("wait_event = 'PgSleep'");

            // when
            switched(lab.to("green"));

            // then: nothing of the pipelined tail is run
            assertThat(client.awaitReady()).containsExactly(TAKEN_BACK, "Z E");
            assertThat(client.awaitReady()).containsExactly(FAILED_BLOCK, "Z E");
            assertThat(client.awaitReady()).containsExactly("C ROLLBACK", "Z I");
            assertThat(accounts(servers.target())).isEmpty();
            assertThat(accounts(servers.source())).isEmpty();
        }
    }

    @Test
    void theRestOfAPipelineIsSkippedToItsSync() throws Exception {
        try (var lab = lab("transaction");
                var client = lab.raw()) {
            client.send(parse("", SLOW), bind(""), execute(), parse("", "select 1"));
            awaitOnSource("wait_event = 'PgSleep'");

            // when
            switched(lab.to("green"));
            client.send(
                    parse("", "insert into account values (9, 9)"),
                    bind(""),
                    execute(),
                    sync(),
                    query("insert into account values (10, 10)"));

            // then
            assertThat(client.awaitReady()).containsExactly("1", "2", TAKEN_BACK, "Z I");
            assertThat(client.awaitReady()).containsExactly("C INSERT 0 1", "Z I");
            assertThat(accounts(servers.target())).isEqualTo("10");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"transaction", "session"})
    void aPipelineThatNothingRunsInIsRolledBackAndSkippedToItsSync(String mode) throws Exception {
        try (var lab = lab(mode);
                var client = lab.raw()) {
            // given: a server that has run everything and says nothing yet
            client.send(parse("", "insert into account values (1, 1)"), bind(""), execute());
            awaitUnfinished("insert into account values (1, 1)");
            try (var gone = lab.raw()) {
                gone.send(parse("", "insert into account values (11, 1)"), bind(""), execute());
                awaitUnfinished("insert into account values (11, 1)");
            }

            // when
            switched(lab.to("green"));
            client.send(sync(), query("insert into account values (2, 2)"));

            // then
            assertThat(client.awaitReady())
                    .containsExactly("1", "2", "C INSERT 0 1", TAKEN_BACK, "Z I");
            assertThat(client.awaitReady()).containsExactly("C INSERT 0 1", "Z I");
            assertThat(accounts(servers.target())).isEqualTo("2");
        }
    }

    @Test
    void aCommitThatWaitsForAStandbyIsToldAsWhatItIs() throws Exception {
        try (var lab = lab("transaction");
                var client = lab.raw()) {
            // given: a commit under way, waiting for a standby that does not exist
            client.run("begin");
            client.run("insert into account values (5, 5)");
            at.at(
                    Step.OPENED,
                    () -> {
                        MissingStandby.awaitBy(servers.source());
                        client.send(query("commit"));
                        awaitOnSource("wait_event = 'SyncRep'");
                    });
            at.at(Step.DRAINED, this::standAlone);

            // when
            var report = lab.to("green");

            // then
            at.verify();
            switched(report);
            var answer = client.awaitReady();
            assertThat(answer).element(0).asString().startsWith("N 01000 canceling wait for syn");
            assertThat(answer).element(1).isEqualTo("C COMMIT");
            assertThat(answer).last().isEqualTo("Z I");
            assertThat(accounts(servers.target())).isEqualTo("5");
            assertThat(report.pause().clients().cancelled()).isEqualTo(1);
            assertThat(report.pause().clients().failed()).isZero();
        }
    }

    @Test
    void aStragglerThatDoesNotAnswerEndsTheAttemptAndKeepsItsConnection() throws Exception {
        try (var lab = lab("transaction");
                var client = lab.raw()) {
            // given: a statement that takes no notice of cancel requests until there is a note; the
            // server may signal one request twice
            client.run("begin");
            client.run("insert into account values (6, 6)");
            client.send(
                    query(
                            "do $$ begin loop begin perform pg_sleep(60);"
                                    + " exception when query_canceled then"
                                    + " if exists (select from note) then raise; end if;"
                                    + " end; end loop; end $$"));
            awaitOnSource("wait_event = 'PgSleep'");

            // when
            var report = lab.to("green");

            // then
            assertThat(report.ending().outcome()).isEqualTo(Outcome.ROLLED_BACK);
            assertThat(report.ending().message()).contains("still inside", "server pid");
            assertThat(lab.serving()).isEqualTo("blue");
            assertThat(client.hasAnswer()).isFalse();
            servers.source().execute(servers.database(), "insert into note values (0, 0)");
            client.cancel();
            assertThat(client.awaitReady()).containsExactly(TAKEN_BACK, "Z E");
            assertThat(client.run("rollback")).containsExactly("C ROLLBACK", "Z I");
            assertThat(client.run("insert into account values (7, 7)"))
                    .containsExactly("C INSERT 0 1", "Z I");
            assertThat(accounts(servers.source())).isEqualTo("7");
        }
    }
}
