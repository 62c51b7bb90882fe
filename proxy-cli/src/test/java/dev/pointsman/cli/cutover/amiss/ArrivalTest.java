package dev.pointsman.cli.cutover.amiss;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.At;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.demo.EmbeddedSettings;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.report.Report;
import dev.pointsman.core.cutover.run.Step;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.ReplicationNames;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/// A marker that does not arrive, or a server that is lost on the way: the report names the server,
/// and what is known of the cause.
@Tag("real")
class ArrivalTest {
    @RegisterExtension
    static final RealServers servers =
            RealServers.own(
                    EmbeddedSettings.of(14).with("max_prepared_transactions", "10"),
                    EmbeddedSettings.of(18).with("max_prepared_transactions", "10"));

    @RegisterExtension
    final LaidServers laid =
            new LaidServers(
                    servers, Setup.of("transaction").cutover("attempts: 1, hold_limit: 2s"));

    @TempDir Path state;

    private final At at = laid.at();

    private static void ended(Report report, Outcome outcome, String... words) {
        assertThat(report.ending().outcome()).as(report.ending().message()).isEqualTo(outcome);
        assertThat(report.ending().message()).contains(words);
    }

    @Test
    void aPreparedTransactionInTheWorkersWayIsNamed() throws Exception {
        try (var lab = laid.lab(state);
                var client = lab.connect()) {
            // given
            servers.target()
                    .execute(
                            servers.database(),
                            "begin; lock table note in exclusive mode; prepare transaction 'kept'");
            client.createStatement().execute("insert into note values (1, 1)");

            // when
            var report = lab.to("green");

            // then
            servers.target().execute(servers.database(), "rollback prepared 'kept'");
            ended(
                    report,
                    Outcome.REFUSED,
                    "the marker did not arrive on green within ",
                    "waits for a lock on public.note, held by prepared transaction 'kept'",
                    "see the log of green");

            // and nothing else is amiss
            ended(lab.to("green"), Outcome.SWITCHED, "green serves");
        }
    }

    @Test
    void aSessionInTheWorkersWayIsNamed() throws Exception {
        try (var lab = laid.lab(state);
                var client = lab.connect()) {
            // given
            Report report;
            try (var other = servers.target().connect(servers.database())) {
                other.setAutoCommit(false);
                other.createStatement().execute("lock table note in exclusive mode");
                client.createStatement().execute("insert into note values (1, 1)");

                // when
                report = lab.to("green");
            }

            // then
            ended(
                    report,
                    Outcome.REFUSED,
                    "waits for a lock on public.note, held by pid ",
                    "(postgres,");
        }
    }

    @Test
    void aWorkerThatHasEndedSinceTheConditionsIsMissed() throws Exception {
        var subscription =
                new ReplicationNames(servers.database(), 1).subscription(Direction.FORWARD);
        try (var lab = laid.lab(state)) {
            at.at(
                    Step.CHECKED,
                    () -> {
                        servers.target()
                                .execute(
                                        servers.database(),
                                        "alter subscription " + subscription + " disable");
                        Awaitility.await("the worker to end")
                                .atMost(Duration.ofMinutes(2))
                                .until(
                                        () ->
                                                servers.target()
                                                        .value(
                                                                servers.database(),
                                                                "select count(pid) from"
                                                                    + " pg_stat_subscription where"
                                                                    + " subname = '"
                                                                        + subscription
                                                                        + "'")
                                                        .equals("0"));
                    });

            // when
            var report = lab.to("green");

            // then
            at.verify();
            ended(
                    report,
                    Outcome.REFUSED,
                    "the marker did not arrive on green within ",
                    "it has no apply worker",
                    "see the log of green");
        }
    }

    @Test
    void aMarkerThatDoesNotArriveInThePauseEndsItInTheServersWords() throws Exception {
        var other = new AtomicReference<Connection>();
        try (var lab = laid.lab(state)) {
            at.at(
                    Step.DRAINED,
                    () -> {
                        var connection = servers.target().connect(servers.database());
                        other.set(connection);
                        connection.setAutoCommit(false);
                        connection
                                .createStatement()
                                .execute(
                                        "lock table "
                                                + Direction.FORWARD.markerTable()
                                                + " in exclusive mode");
                    });

            // when
            var report = lab.to("green");

            // then
            at.verify();
            ended(report, Outcome.ROLLED_BACK, "the marker did not arrive on green within ");
        } finally {
            other.get().close();
        }
    }

    @Test
    void aServerThatEndsAControlConnectionIsNamed() throws Exception {
        try (var lab = laid.lab(state)) {
            at.at(
                    Step.DRAINED,
                    () ->
                            servers.source()
                                    .execute(
                                            "postgres",
                                            "select pg_terminate_backend(pid, 60000) from"
                                                + " pg_stat_activity where application_name like"
                                                + " 'pointsman/%/cutover' and datname = '"
                                                    + servers.database()
                                                    + "'"));

            // when
            var report = lab.to("green");

            // then
            at.verify();
            ended(report, Outcome.ROLLED_BACK, "server blue: the control connection was lost: ");
        }
    }
}
