package dev.pointsman.cli.cutover.amiss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.migration.Check;
import dev.pointsman.core.migration.Check.Blocks;
import dev.pointsman.core.migration.Check.Verdict;
import dev.pointsman.core.wire.Refused;

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
import java.time.Duration;
import java.util.List;

/// An address behind which a standby answers, as after a failover that the file knows nothing of.
@Tag("real")
class StandbyServerTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    @TempDir Path state;

    @AfterEach
    void promoteAll() throws SQLException {
        for (var server : servers.all()) {
            promote(server);
        }
    }

    /// Restarted as one, of nobody: it takes what it has for what there is so far.
    private static void becomeStandby(RealServer server) throws SQLException {
        var signal = server.value("postgres", "show data_directory") + "/standby.signal";
        server.execute("postgres", "copy (select) to '" + signal + "'");
        server.stop();
        server.restart();
        assertThat(server.value("postgres", "select pg_is_in_recovery()")).isEqualTo("t");
    }

    private static void promote(RealServer server) throws SQLException {
        server.value("postgres", "select pg_is_in_recovery() and pg_promote()");
    }

    private static List<Check> failures(CrossingLab lab) throws Refused {
        return lab.proxy().migrations().check(servers.database(), "green").stream()
                .filter(row -> row.id().equals("recovery") && row.verdict() == Verdict.FAIL)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"blue", "green"})
    void aStandbyIsNeitherMigratedNorCutOver(String name) throws Exception {
        var server = name.equals("blue") ? servers.source() : servers.target();
        try (var lab = laid.lab(state, "fence: off")) {
            // given
            becomeStandby(server);

            // when
            awaitFailure(lab);
            var row = failures(lab).getFirst();
            var report = lab.to("green");

            // then
            assertThat(row.server()).isEqualTo(name);
            assertThat(row.finding()).isEqualTo("the server is a standby (in recovery)");
            assertThat(row.unsafe()).isTrue();
            assertThat(row.blocks()).isEqualTo(Blocks.MIGRATE);
            assertThat(report.ending().outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(report.ending().message())
                    .contains(
                            "primary: on " + name + ": this server is a standby. Name the primary");
            assertThat(report.pause().clients().held()).isZero();

            // and once it is promoted
            promote(server);
            assertThat(failures(lab)).isEmpty();
            Awaitility.await("replication to begin again")
                    .atMost(Duration.ofMinutes(2))
                    .untilAsserted(() -> CrossingLab.switched(lab.to("green")));
        }
    }

    @Test
    void whereAFenceIsTriedOutBeforeTheConditionsTheRefusalSaysWhatIsAmissToo() throws Exception {
        try (var lab = laid.lab(state)) {
            // given
            becomeStandby(servers.source());
            awaitFailure(lab);

            // when, then
            assertThatThrownBy(() -> lab.to("green"))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> {
                                assertThat(refused.report().message()).contains("server blue");
                                assertThat(refused.report().hint())
                                        .startsWith("The server is a standby");
                            });
            assertThat(lab.serving()).isEqualTo("blue");
        }
    }

    private static void awaitFailure(CrossingLab lab) {
        Awaitility.await("connections that the restart has ended to be replaced")
                .untilAsserted(() -> assertThat(failures(lab)).hasSize(1));
    }
}
