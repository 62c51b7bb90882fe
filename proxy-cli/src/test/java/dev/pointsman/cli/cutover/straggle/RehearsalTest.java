package dev.pointsman.cli.cutover.straggle;

import static dev.pointsman.cli.cutover.CrossingLab.switched;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.report.Report;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/// A rehearsal ends nobody, whatever the policies say that a cutover does.
@Tag("real")
class RehearsalTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension
    final LaidServers laid =
            new LaidServers(
                    servers,
                    Setup.of("session")
                            .cutover(
                                    "attempts: 1, calm_timeout: 100ms, drain_timeout: 300ms,"
                                            + " hold_limit: 20s, strangers: terminate, stragglers:"
                                            + " cancel"));

    @TempDir Path state;

    private static void run(Connection client, String sql) throws SQLException {
        try (var statement = client.createStatement()) {
            statement.execute(sql);
        }
    }

    private static boolean isAlive(Connection client) throws SQLException {
        return client.isValid(5);
    }

    private static void isGivenUp(Report report, String words) {
        assertThat(report.ending().outcome())
                .as(report.ending().message())
                .isNotIn(Outcome.REHEARSED, Outcome.SWITCHED);
        assertThat(report.ending().message()).contains(words);
    }

    @Test
    void clientsThatACutoverWouldEndGoOn() throws Exception {
        try (var lab = laid.lab(state);
                var listener = lab.connect();
                var holder = lab.connect()) {
            run(listener, "listen news");
            run(holder, "select pg_advisory_lock(7)");

            // when
            var report = lab.rehearse("green");

            // then
            assertThat(report.ending().outcome())
                    .as(report.ending().message())
                    .isEqualTo(Outcome.REHEARSED);
            assertThat(isAlive(listener)).isTrue();
            assertThat(isAlive(holder)).isTrue();
            run(holder, "select pg_advisory_unlock(7)");

            // and the real one ends the one that listens
            switched(lab.to("green"));
            assertThat(isAlive(listener)).isFalse();
            assertThat(isAlive(holder)).isTrue();
        }
    }

    @Test
    void aTransactionThatIsStillInsideStopsItAndGoesOn() throws Exception {
        try (var lab = laid.lab(state);
                var client = lab.connect()) {
            client.setAutoCommit(false);
            run(client, "insert into account values (1, 1)");

            // when
            isGivenUp(lab.rehearse("green"), "idle in transaction");

            // then
            client.commit();
            assertThat(servers.source().value(servers.database(), "select id from account"))
                    .isEqualTo("1");
        }
    }

    @Test
    void aStrangerStopsItAndStays() throws Exception {
        try (var lab = laid.lab(state);
                var stranger =
                        servers.source().connect(servers.database(), CrossingLab.USER, "secret")) {
            // when
            isGivenUp(lab.rehearse("green"), "user " + CrossingLab.USER);

            // then
            assertThat(isAlive(stranger)).isTrue();

            // and the real one ends it
            switched(lab.to("green"));
            assertThat(isAlive(stranger)).isFalse();
        }
    }
}
