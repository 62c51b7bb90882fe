package dev.pointsman.cli.cutover.behind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.At;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.run.Step;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Control sessions that nobody holds any more, such as a network keeps them that broke: an attempt
/// must not meet what they do, and must end no others.
@Tag("real")
class LeftoversTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    @TempDir Path state;
    @TempDir Path secondState;

    private final At at = new At();

    private CrossingLab lab() throws Exception {
        return lab("terminate");
    }

    private CrossingLab lab(String strangers) throws Exception {
        var setup =
                Setup.of("transaction")
                        .cutover("attempts: 1, hold_limit: 20s, strangers: " + strangers);
        return CrossingLab.start(servers, state, setup, at);
    }

    /// Behind a fence as well, where sessions are read-only.
    private static void anotherBeats() throws SQLException {
        servers.source()
                .execute(
                        servers.database(),
                        "begin read write; insert into pointsman.heartbeat"
                                + " values ('other', now() + interval '1 day'); commit");
    }

    private static String own(Path state) throws IOException {
        return Files.readString(state.resolve("instance")).strip().substring("1 ".length());
    }

    private static String backend(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("select pg_backend_pid()")) {
            row.next();
            return row.getString(1);
        }
    }

    /// What an instance says and has not heard of yet, in a transaction that only its end unlocks.
    private static Connection begins(RealServer server, String name, String sql)
            throws SQLException {
        var connection = idle(server, name);
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
        return connection;
    }

    private static Connection idle(RealServer server, String name) throws SQLException {
        var connection = server.connect(servers.database());
        try (var statement = connection.createStatement()) {
            statement.execute("set application_name = '" + name + "'");
        }
        return connection;
    }

    private static boolean lives(Connection connection) {
        try (var statement = connection.createStatement()) {
            return statement.execute("select 1");
        } catch (SQLException _) {
            return false;
        }
    }

    @Test
    void whatDeadInstancesAndFormerProcessesLeftIsEndedAndNothingElse() throws Exception {
        // given: the name of an instance whose process is no more
        lab().close();
        var own = own(state);
        var lane = "pointsman/" + own + "/cutover";
        try (var dead =
                        begins(
                                servers.target(),
                                "pointsman/dead",
                                "lock table pointsman.record in share row exclusive mode");
                var former =
                        begins(
                                servers.source(),
                                "pointsman/" + own,
                                "update pointsman.marker set value = value");
                var attempt = idle(servers.source(), lane);
                var lab = lab();
                var present = idle(servers.source(), "pointsman/" + own)) {
            // when
            var report = lab.to("green");

            // then
            assertThat(report.ending().outcome()).isEqualTo(Outcome.SWITCHED);
            assertThat(lives(dead)).isFalse();
            assertThat(lives(former)).isFalse();
            assertThat(lives(attempt)).isFalse();
            assertThat(lives(present)).isTrue();
        }
    }

    @Test
    void nothingOfALivingInstanceIsEnded() throws Exception {
        // given: it begins to live when nobody asks for it any more
        at.at(Step.CHECKED, LeftoversTest::anotherBeats);
        try (var lane = idle(servers.target(), "pointsman/other/cutover");
                var call = idle(servers.source(), "pointsman/other");
                var lab = lab()) {
            // when
            var report = lab.to("green");

            // then
            at.verify();
            assertThat(report.ending().outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(report.ending().message()).contains("instance other serves");
            assertThat(lives(lane)).isTrue();
            assertThat(lives(call)).isTrue();
        }
    }

    /// Nobody has seen it when the leftovers were cleared; it may be seen by its heartbeat, or by
    /// its control sessions alone.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSecondProxyThatComesBeforeTheFenceKeepsItsClientsAndTheServer(boolean beats)
            throws Exception {
        var setup = Setup.of("transaction").cutover("attempts: 1");
        try (var lab = lab();
                var second = new Second(setup)) {
            at.at(Step.WARMED, () -> second.serve(beats));

            // when
            var report = lab.to("green");

            // then
            at.verify();
            assertThat(report.ending().outcome().leavesTheSourceServing())
                    .as(report.ending().message())
                    .isTrue();
            assertThat(report.ending().message())
                    .contains("instance " + own(secondState) + " serves this database too");
            second.servesAsBefore();
        }
    }

    /// A second proxy, with a client of its own.
    private final class Second implements AutoCloseable {
        private final Setup setup;
        private final Queue<CrossingLab> open = new ConcurrentLinkedQueue<>();
        private Optional<Connection> client = Optional.empty();
        private String backend = "";

        Second(Setup setup) {
            this.setup = setup;
        }

        void serve(boolean beats) throws Exception {
            var lab = CrossingLab.start(servers, secondState, setup, Step.Watch.NONE);
            open.add(lab);
            var connected = lab.connect();
            client = Optional.of(connected);
            backend = backend(connected);
            var where = " from pointsman.heartbeat where instance = '" + own(secondState) + "'";
            Awaitility.await()
                    .until(
                            () ->
                                    servers.source()
                                            .value(servers.database(), "select count(*)" + where)
                                            .equals("1"));
            if (!beats) {
                servers.source().execute(servers.database(), "delete" + where);
            }
        }

        void servesAsBefore() throws SQLException {
            assertThat(backend(client.orElseThrow())).isEqualTo(backend);
        }

        @Override
        public void close() {
            open.forEach(CrossingLab::close);
        }
    }

    @Test
    void noStrangerIsEndedBesideAnotherInstanceWhoseClientHeMayBe() throws Exception {
        try (var lab = lab();
                var stranger =
                        servers.source().connect(servers.database(), CrossingLab.USER, "secret")) {
            at.at(Step.FENCED, LeftoversTest::anotherBeats);

            // when
            var report = lab.to("green");

            // then
            at.verify();
            assertThat(report.ending().outcome()).isEqualTo(Outcome.ROLLED_BACK);
            assertThat(report.ending().message()).contains("instance other serves");
            assertThat(lives(stranger)).isTrue();
        }
    }

    /// Whoever comes that late is found by the mark itself.
    @ParameterizedTest
    @CsvSource({"terminate, HELD", "tolerate, HELD", "tolerate, DRAINED"})
    void nothingIsDecidedBesideAnotherInstanceThatShowsItselfDuringThePause(
            String strangers, Step step) throws Exception {
        try (var lab = lab(strangers)) {
            at.at(step, LeftoversTest::anotherBeats);

            // when
            var report = lab.to("green");

            // then
            at.verify();
            assertThat(report.ending().outcome()).isEqualTo(Outcome.ROLLED_BACK);
            assertThat(report.ending().message()).contains("instance other, by its heartbeat");
            assertThat(lab.serving()).isEqualTo("blue");
        }
    }
}
