package dev.pointsman.cli.cutover.behind;

import static dev.pointsman.cli.cutover.CrossingLab.switched;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.cli.cutover.At;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.cutover.Writers;
import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.CutoverOrder;
import dev.pointsman.core.cutover.Destination;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.run.Step;
import dev.pointsman.core.wire.Refused;

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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Rehearsals, bounds and the policies about strangers and sequences.
@Tag("real")
class PoliciesTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    @TempDir Path state;

    private final At at = new At();

    private CrossingLab lab(String cutover) throws Exception {
        return CrossingLab.start(
                servers, state, Setup.of("transaction").cutover("attempts: 1, " + cutover), at);
    }

    private String fenceOf(RealServer server) throws SQLException {
        return server.value(
                "postgres",
                "select datconnlimit || ' ' || count(s.*) from pg_database d left join"
                        + " pg_db_role_setting s on s.setdatabase = d.oid where datname = '"
                        + servers.database()
                        + "' group by datconnlimit");
    }

    @Test
    void aRehearsalUnderLoadChangesNothing() throws Exception {
        var sequence = "select last_value || ' ' || is_called from entry_id_seq";
        var records = "select coalesce(string_agg(distinct kind, ','), '') from pointsman.record";
        try (var lab = lab("strangers: refuse");
                var writers = new Writers(4, lab::connect)) {
            Awaitility.await().until(() -> writers.acknowledged() > 20);
            var before = servers.target().value(servers.database(), sequence);

            // when
            var report = lab.rehearse("green");

            // then
            assertThat(report.ending().outcome())
                    .as(report.ending().message())
                    .isEqualTo(Outcome.REHEARSED);
            assertThat(report.pause().pause()).isPositive();
            assertThat(servers.target().value(servers.database(), sequence)).isEqualTo(before);
            for (var server : servers.all()) {
                assertThat(server.value(servers.database(), records)).isEqualTo("dry");
                assertThat(fenceOf(server)).isEqualTo("-1 0");
            }
            assertThat(lab.serving()).isEqualTo("blue");
            assertThat(lab.proxy().gates().of(servers.database()).closers()).isEmpty();
            var now = writers.acknowledged();
            Awaitility.await().until(() -> writers.acknowledged() > now + 20);

            // and the real one
            switched(lab.to("green"));
            writers.stop();
            assertThat(writers.errors()).isEmpty();
            assertThat(fenceOf(servers.source())).isEqualTo("0 1");
        }
    }

    /// Else an abort of the migration takes them for somebody else's, and leaves the copy there.
    @Test
    void aRehearsalLeavesNoConnectionOnTheTarget() throws Exception {
        var others =
                "select count(*) from pg_stat_activity where datname = current_database()"
                        + " and usename = '"
                        + CrossingLab.USER
                        + "'";
        try (var lab = lab("strangers: refuse");
                var writers = new Writers(4, lab::connect)) {
            Awaitility.await().until(() -> writers.acknowledged() > 20);

            // when
            lab.rehearse("green");

            // then
            Awaitility.await("an end of the warmed ones")
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> servers.target().value(servers.database(), others).equals("0"));
            writers.stop();
            assertThat(writers.errors()).isEmpty();
        }
    }

    private CutoverOrder within(CrossingLab lab, Duration maxPause) {
        var order = lab.order(new Destination.To("green"), false);
        return new CutoverOrder(
                order.databases(),
                order.destination(),
                false,
                maxPause,
                order.accepted(),
                order.requester());
    }

    @Test
    void aBoundOnThePauseIsHeldAgainstTheLastOneAndAgainstThisOne() throws Exception {
        try (var lab = lab("hold_limit: 20s")) {
            assertThatThrownBy(() -> lab.run(within(lab, Duration.ofSeconds(10))))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("nothing is known yet");
            lab.rehearse("green");
            assertThatThrownBy(() -> lab.run(within(lab, Duration.ofNanos(1_000))))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("the last pause took");

            // when: this one takes longer than the last
            var limit = Duration.ofMillis(1_500);
            at.at(
                    Step.ARRIVED,
                    () -> {
                        var until = System.nanoTime() + limit.toNanos();
                        Awaitility.await().until(() -> System.nanoTime() > until);
                    });
            var late = lab.run(within(lab, limit));

            // then
            assertThat(late.ending().outcome()).isEqualTo(Outcome.ROLLED_BACK);
            assertThat(late.ending().message()).contains("the hold limit has passed");
            switched(lab.run(within(lab, Duration.ofSeconds(10))));
        }
    }

    @Test
    void sequencesGoOnWhereTheyStoodOrBeyondAGap() throws Exception {
        var next = "select nextval('entry_id_seq')";
        try (var lab = lab("sequences: gap")) {
            servers.source().value(servers.database(), next);

            // when
            switched(lab.to("green"));

            // then
            assertThat(Integer.parseInt(servers.target().value(servers.database(), next)))
                    .isGreaterThan(10_000);
        }
    }

    /// Whether few values are left or the sequence begins anew, there is no room for a gap.
    @ParameterizedTest
    @ValueSource(strings = {"maxvalue 9999", "maxvalue 20000 cycle", "maxvalue 9999 cycle"})
    void aSequenceWithoutRoomForAGapGoesOnWhereItStood(String limits) throws Exception {
        var next = "select nextval('entry_id_seq')";
        for (var server : servers.all()) {
            server.execute(servers.database(), "alter sequence entry_id_seq " + limits);
        }
        try (var lab = lab("sequences: gap")) {
            servers.source().value(servers.database(), next);

            // when
            switched(lab.to("green"));

            // then
            assertThat(servers.target().value(servers.database(), next)).isEqualTo("2");
        }
    }

    /// A value that is drawn while the mark is being committed belongs to what the marker proves:
    /// it may be in a row that has arrived with it.
    @Test
    void aValueDrawnDuringTheMarksCommitIsNotGivenOutAgainOnTheTarget() throws Exception {
        var last = "select last_value from entry_id_seq";
        servers.source()
                .execute(
                        servers.database(),
                        """
                        select nextval('entry_id_seq');
                        create function pointsman.draw() returns trigger language plpgsql as $$ begin
                          perform pg_sleep(0.3);
                          perform nextval('public.entry_id_seq');
                          return null; end $$;
                        create constraint trigger late after insert or update on pointsman.record
                          deferrable initially deferred for each row
                          when (new.epoch > 0 and new.kind = 'open')
                          execute function pointsman.draw();
                        """);
        try (var lab = lab("hold_limit: 60s")) {
            // when
            switched(lab.to("green"));

            // then
            var drawn = servers.source().value(servers.database(), last);
            assertThat(drawn).isNotEqualTo("1");
            assertThat(servers.target().value(servers.database(), last)).isEqualTo(drawn);
        }
    }

    @Test
    void aToleratedStrangerStaysAndTheReportSaysSo() throws Exception {
        try (var lab = lab("strangers: tolerate");
                var stranger =
                        servers.source().connect(servers.database(), CrossingLab.USER, "secret")) {
            // when
            var report = switched(lab.to("green"));

            // then
            assertThat(stranger.isValid(1)).isTrue();
            assertThat(report.ending().warnings())
                    .anyMatch(one -> one.contains("not covered") && one.contains("crosser"));
            assertThat(report.evidence().strangers()).hasSize(1);
        }
    }

    @Test
    void platformAgentsAndThoseOnTheListAreNoStrangers() throws Exception {
        var agents = List.of("rdsadmin", "datadog");
        for (var server : servers.all()) {
            server.execute("postgres", "create role rdsadmin login; create role datadog login");
        }
        var sessions = new ArrayList<Connection>();
        try (var lab = lab("ignore_strangers: [{user: datadog}]")) {
            for (var server : servers.all()) {
                for (var agent : agents) {
                    sessions.add(server.connect(servers.database(), agent, ""));
                }
            }

            // when
            var report = switched(lab.to("green"));

            // then
            assertThat(report.evidence().strangers()).isEmpty();
            for (var session : sessions) {
                session.createStatement().execute("select 1");
            }
        } finally {
            for (var session : sessions) {
                session.close();
            }
            for (var server : servers.all()) {
                server.execute("postgres", "drop role rdsadmin; drop role datadog");
            }
        }
    }

    /// The first look is at the order's beginning; an attempt may come much later.
    @Test
    void strayWritesStopAnAttemptToComeBackWithoutAFenceToo() throws Exception {
        try (var lab = lab("fence: off")) {
            switched(lab.to("green"));

            // when
            at.at(
                    Step.CHECKED,
                    () ->
                            servers.source()
                                    .execute(
                                            servers.database(),
                                            "insert into account values (78, 8)"));
            var refused = lab.back();

            // then
            at.verify();
            assertThat(refused.ending().outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(refused.ending().message()).contains("past the proxy", "id[integer]:78");
            assertThat(lab.serving()).isEqualTo("green");
        }
    }
}
