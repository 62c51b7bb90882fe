package dev.pointsman.cli.cutover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.Destination;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.report.Report;
import dev.pointsman.core.meter.Metric;
import dev.pointsman.core.wire.Refused;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// Cutovers of clients that write all the while, through a whole proxy.
@Tag("real")
class CrossingTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    /// A slow machine is none of what is tested.
    private static final String PATIENT = "drain_timeout: 30s, hold_limit: 60s";

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    @TempDir Path state;

    private final At at = new At();

    private CrossingLab lab(String mode, String more) throws Exception {
        return CrossingLab.start(servers, state, mode, more, at);
    }

    private static void moreWrites(Writers writers) {
        var now = writers.acknowledged();
        Awaitility.await("writers to go on")
                .atMost(Duration.ofMinutes(2))
                .until(() -> writers.acknowledged() > now + 5 * writers.count());
    }

    private static void switched(Report report) {
        assertThat(report.ending().outcome())
                .as(report.ending().message())
                .isEqualTo(Outcome.SWITCHED);
        assertThat(report.pause().clients().held()).as("clients held").isPositive();
        assertThat(report.pause().clients().failed()).isZero();
    }

    private void ledgerHolds(Writers writers, RealServer serving) throws SQLException {
        assertThat(Ledger.faults(writers, serving, servers.database())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"transaction", "session"})
    void clientsThatWriteCrossThereAndBackAndThereAgain(String mode) throws Exception {
        try (var lab = lab(mode, PATIENT);
                var inside = lab.connect();
                var writers = new Writers(16, lab::connect)) {
            moreWrites(writers);

            // when
            var rehearsed = lab.rehearse("green");
            moreWrites(writers);
            at.straddle(inside);
            var there = lab.to("green");
            at.verify();
            moreWrites(writers);
            var back = lab.back();
            moreWrites(writers);
            var again = lab.to("green");
            moreWrites(writers);
            writers.stop();

            // then
            assertThat(writers.errors()).isEmpty();
            assertThat(rehearsed.ending().outcome()).isEqualTo(Outcome.REHEARSED);
            switched(there);
            switched(back);
            switched(again);
            assertThat(
                            Stream.of(there, back, again)
                                    .mapToInt(one -> one.pause().clients().drained())
                                    .sum())
                    .as("transactions drained")
                    .isPositive();
            assertThat(lab.serving()).isEqualTo("green");
            ledgerHolds(writers, servers.target());
        }
    }

    /// But for those of certificates, of which there are none, and of a file to read again.
    @Test
    void everyMetricHasALivingSeriesAndThoseOfACutoverCountIt() throws Exception {
        try (var lab = lab("transaction", PATIENT);
                var writers = new Writers(8, lab::connect)) {
            moreWrites(writers);
            try (var client = lab.connect();
                    var statement = client.createStatement()) {
                assertThatThrownBy(() -> statement.execute("select 1 / 0"))
                        .isInstanceOf(SQLException.class);
            }

            // when
            switched(lab.to("green"));
            moreWrites(writers);

            // then
            var meter = lab.proxy().meter();
            var database = "{database=\"" + servers.database() + "\"";
            Awaitility.await("figures of all kinds")
                    .atMost(Duration.ofMinutes(1))
                    .untilAsserted(() -> living(meter.scrape(), database));
            writers.stop();
        }
    }

    private static void living(String scrape, String database) {
        for (var metric : Metric.values()) {
            if (metric != Metric.TLS_CERTIFICATE_EXPIRY
                    && metric != Metric.CONFIG_LAST_RELOAD_SUCCESSFUL) {
                assertThat(scrape).containsPattern("\n" + metric.fullName() + "(_count)?[ {]");
            }
        }
        for (var series :
                List.of(
                        "cutover_pause_seconds_count" + database,
                        "cutover_phase_duration_seconds_count" + database + ",phase=\"mark\"",
                        "cutovers_total" + database + ",outcome=\"switched\"",
                        "route_epoch" + database,
                        "route_serving" + database + ",server=\"green\"",
                        "gate_wait_duration_seconds_count" + database,
                        "clients" + database,
                        "server_connections" + database,
                        "server_connections_limit" + database,
                        "server_up" + database + ",server=\"blue\"",
                        "server_up" + database + ",server=\"green\"",
                        "transactions_total" + database,
                        "queries_total" + database,
                        "query_duration_seconds_count" + database,
                        "bytes_total" + database + ",direction=\"received\"",
                        "bytes_total" + database + ",direction=\"sent\"",
                        "migration_tables" + database + ",state=\"ready\"",
                        "reverse_ready" + database,
                        "errors_total" + database + ",origin=\"server\",sqlstate=\"22012\"",
                        "fence_active" + database)) {
            assertThat(sum(scrape, "pointsman_" + series)).as(series).isPositive();
        }
        assertThat(sum(scrape, "pointsman_gate_waiting_clients" + database)).isZero();
        assertThat(sum(scrape, "pointsman_database_paused" + database)).isZero();
        assertThat(sum(scrape, "pointsman_route_serving" + database + ",server=\"blue\"")).isZero();
    }

    private static double sum(String scrape, String series) {
        return scrape.lines()
                .filter(line -> line.startsWith(series))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    @Test
    void aDirectWriterIsKeptOutOfTheServerThatWasLeft() throws Exception {
        try (var lab = lab("transaction", "")) {
            switchedAndHeld(lab.to("green"));

            assertThatThrownBy(
                            () ->
                                    servers.source()
                                            .connect(servers.database(), CrossingLab.USER, "")
                                            .close())
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("too many connections for database");
        }
    }

    private static void switchedAndHeld(Report report) {
        assertThat(report.ending().outcome())
                .as(report.ending().message())
                .isEqualTo(Outcome.SWITCHED);
    }

    @Test
    void aStrayWriteRaisesTheAlarmAndBarsTheWayBackUntilItIsIgnored() throws Exception {
        try (var lab = lab("transaction", "")) {
            switchedAndHeld(lab.to("green"));

            // when: a superuser writes past the fence
            try (var connection = servers.source().connect(servers.database());
                    var statement = connection.createStatement()) {
                statement.execute("set default_transaction_read_only = off");
                statement.execute("insert into account values (77, 7)");
            }

            // then
            Awaitility.await("the alarm")
                    .atMost(Duration.ofMinutes(2))
                    .until(
                            () ->
                                    lab.proxy()
                                            .meter()
                                            .scrape()
                                            .contains(
                                                    "pointsman_stray_writes_total{database=\""
                                                            + servers.database()
                                                            + "\"} 1.0"));
            assertThatThrownBy(lab::back)
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("id[integer]:77");
            switchedAndHeld(lab.run(lab.order(new Destination.Back(true), false)));
            assertThat(lab.serving()).isEqualTo("blue");
        }
    }

    @Test
    void aStrangerOnTheSourceIsNamedAndNothingIsHeld() throws Exception {
        try (var lab = lab("transaction", "");
                var stranger = servers.source().connect(servers.database(), CrossingLab.USER, "");
                var writers = new Writers(4, lab::connect)) {
            assertThat(stranger.isValid(1)).isTrue();
            moreWrites(writers);

            // when
            var report = lab.to("green");

            // then
            assertThat(report.ending().outcome()).isEqualTo(Outcome.ROLLED_BACK);
            assertThat(report.ending().message()).contains("user " + CrossingLab.USER);
            assertThat(report.pause().clients().held()).isZero();
            moreWrites(writers);
            writers.stop();
            assertThat(writers.errors()).isEmpty();
            assertThat(lab.serving()).isEqualTo("blue");
            ledgerHolds(writers, servers.source());
            servers.source().connect(servers.database(), CrossingLab.USER, "").close();
        }
    }

    @Test
    void aStrangerIsEndedWhereTheSettingsSaySo() throws Exception {
        try (var lab = lab("transaction", "strangers: terminate");
                var stranger = servers.source().connect(servers.database(), CrossingLab.USER, "")) {
            switchedAndHeld(lab.to("green"));

            assertThat(stranger.isValid(1)).isFalse();
        }
    }

    @Test
    void aClientThatSitsInItsTransactionStopsTheCutoverAndIsNamed() throws Exception {
        try (var lab =
                        lab(
                                "transaction",
                                "attempts: 2, attempt_pause: 100ms, calm_timeout: 300ms,"
                                        + " drain_timeout: 200ms");
                var sitting = lab.connect();
                var statement = sitting.createStatement()) {
            sitting.setAutoCommit(false);
            statement.execute("insert into account values (1, 1)");

            // when
            var report = lab.to("green");

            // then
            assertThat(report.ending().outcome()).isNotEqualTo(Outcome.SWITCHED);
            assertThat(report.ending().message()).contains("idle in transaction");
            assertThat(lab.proxy().cutovers().reports()).hasSize(2);
            sitting.commit();
            assertThat(servers.source().value(servers.database(), "select count(*) from account"))
                    .isEqualTo("1");
            switchedAndHeld(lab.to("green"));
        }
    }

    @Test
    void whatWasChangedBehindTheConditionsIsNoticed() throws Exception {
        servers.source().execute(servers.database(), "create table late (id int primary key)");
        try (var lab = lab("transaction", "")) {
            var report = lab.to("green");

            assertThat(report.ending().outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(report.ending().message()).contains("late is not published");
        }
    }
}
