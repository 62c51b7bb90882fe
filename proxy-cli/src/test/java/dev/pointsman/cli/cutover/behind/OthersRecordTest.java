package dev.pointsman.cli.cutover.behind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.cli.cutover.At;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.cutover.Writers;
import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
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
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/// Two instances that count up from the same records take the same epoch for the same attempt. The
/// one that comes second leaves everything of the first as it is.
@Tag("real")
class OthersRecordTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    @TempDir Path state;

    private final At at = new At();
    private volatile boolean held;

    private CrossingLab lab(String cutover) throws Exception {
        var setup = Setup.of("transaction").cutover("attempts: 1, hold_limit: 20s, " + cutover);
        return CrossingLab.start(servers, state, setup, this::passed);
    }

    private void passed(Step step) {
        held = held || step == Step.HELD;
        at.passed(step);
    }

    /// Another instance begins the first attempt; it has not been heard of.
    private static void anotherBegins() throws SQLException {
        servers.source()
                .execute(
                        servers.database(),
                        """
                        insert into pointsman.record (epoch, version, attempt, databases, server,
                               kind, fence, instance)
                        values (1, 1, 1, array[current_database()], 'green', 'open',
                                '{"v":1,"limit":7,"read_only":""}',
                                'another')\
                        """);
        servers.source()
                .execute(
                        "postgres",
                        "alter database " + servers.database() + " connection limit 55");
    }

    private static void beats(String at) throws SQLException {
        servers.source()
                .execute(
                        servers.database(),
                        "insert into pointsman.heartbeat values ('another', "
                                + at
                                + ") on conflict (instance) do update set at = excluded.at");
    }

    private static String limit() throws SQLException {
        return servers.source()
                .value(
                        "postgres",
                        "select datconnlimit from pg_database where datname = '"
                                + servers.database()
                                + "'");
    }

    private static List<String> records(RealServer on) throws SQLException {
        return on.column(
                servers.database(),
                "select epoch || kind || instance from pointsman.record order by epoch");
    }

    private static void goOn(Writers writers) {
        var now = writers.acknowledged();
        Awaitility.await().until(() -> writers.acknowledged() > now + 20);
    }

    @ParameterizedTest
    @CsvSource({"WARMED, fence: on", "FENCED, fence: off"})
    void aRunWhoseEpochAnotherTakesWithdrawsAndOutranksNobody(Step step, String fence)
            throws Exception {
        try (var lab = lab(fence);
                var writers = new Writers(2, lab::connect)) {
            // given
            goOn(writers);
            at.at(step, OthersRecordTest::anotherBegins);

            // when
            var report = lab.to("green");

            // then: its record and its fence stand, and nobody was held
            at.verify();
            assertThat(report.ending().outcome()).isEqualTo(Outcome.ROLLED_BACK);
            assertThat(report.ending().message())
                    .contains("epoch 1 is taken by attempt 1 of instance another");
            assertThat(held).isFalse();
            assertThat(records(servers.source())).containsExactly("1openanother");
            assertThat(records(servers.target())).isEmpty();
            assertThat(limit()).isEqualTo("55");
            assertThat(lab.proxy().gates().of(servers.database()).closers()).isEmpty();
            goOn(writers);

            // and another attempt would outrank it as well
            assertThatThrownBy(() -> lab.to("green"))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("attempt 1 of instance another");
            writers.stop();
            assertThat(writers.errors()).isEmpty();
        }
    }

    /// Left by an instance that died in mid-attempt, while this one serves on.
    @Test
    void anAttemptOfADeadInstanceIsSettledByRepairInPlaceAsTheRefusalSays() throws Exception {
        try (var lab = lab("fence: on");
                var writers = new Writers(2, lab::connect)) {
            // given
            goOn(writers);
            anotherBegins();
            beats("now() + interval '1 day'");
            var repair = "REPAIR " + servers.database() + " settles it in place";
            assertThat(lab.proxy().cutovers().repair(servers.database(), false).steps())
                    .singleElement()
                    .asString()
                    .startsWith("cannot be settled: ");
            beats("'epoch'");

            // when
            for (var dry : new boolean[] {true, false}) {
                assertThatThrownBy(() -> lab.run(lab.order(new Destination.To("green"), dry)))
                        .isInstanceOfSatisfying(
                                Refused.class,
                                refused -> assertThat(refused.report().hint()).startsWith(repair));
            }
            var done = lab.proxy().cutovers().repair(servers.database(), false);

            // then
            assertThat(done.steps()).first().asString().startsWith("undone with epoch 2 on blue");
            assertThat(records(servers.source())).first().isEqualTo("1openanother");
            assertThat(limit()).isEqualTo("7");
            goOn(writers);
            assertThat(lab.to("green").ending().outcome()).isEqualTo(Outcome.SWITCHED);
            goOn(writers);
            writers.stop();
            assertThat(writers.errors()).isEmpty();
        }
    }

    @Test
    void aWithdrawnAttemptIsNoneOfThoseThatAStartUndoes() throws Exception {
        // given
        at.at(Step.WARMED, OthersRecordTest::anotherBegins);
        try (var lab = lab("fence: on")) {
            lab.to("green");
        }
        at.verify();

        // when: the other one has decided meanwhile
        servers.target()
                .execute(
                        servers.database(),
                        """
                        insert into pointsman.record (epoch, version, attempt, databases, server,
                               kind, source_lsn, target_lsn, instance)
                        values (1, 1, 1, array[current_database()], 'green', 'decided', '0/1', '0/1',
                                'another')\
                        """);

        // then
        try (var lab = lab("fence: on")) {
            Awaitility.await().until(() -> lab.serving().equals("green"));
            assertThat(records(servers.target())).containsExactly("1decidedanother");
        }
    }
}
