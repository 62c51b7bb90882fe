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

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/// Control sessions that nobody holds any more, such as a network keeps them that broke: an attempt
/// must not meet what they do, and must end no others.
@Tag("real")
class LeftoversTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    @TempDir Path state;

    private final At at = new At();

    private CrossingLab lab() throws Exception {
        var setup =
                Setup.of("transaction")
                        .cutover("attempts: 1, hold_limit: 20s, strangers: terminate");
        return CrossingLab.start(servers, state, setup, at);
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
        var own = Files.readString(state.resolve("instance")).strip().substring("1 ".length());
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
        at.at(
                Step.CHECKED,
                () ->
                        servers.source()
                                .execute(
                                        servers.database(),
                                        "insert into pointsman.heartbeat"
                                                + " values ('other', now() + interval '1 day')"));
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
}
