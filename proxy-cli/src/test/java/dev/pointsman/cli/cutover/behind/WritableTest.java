package dev.pointsman.cli.cutover.behind;

import static dev.pointsman.cli.cutover.CrossingLab.switched;

import static org.assertj.core.api.Assertions.assertThat;

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

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/// A target on which clients cannot write: our control connections write there all the same.
@Tag("real")
class WritableTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    @TempDir Path state;

    private CrossingLab lab() throws Exception {
        var setup = Setup.of("transaction").cutover("attempts: 1, hold_limit: 20s");
        return CrossingLab.start(servers, state, setup, Step.Watch.NONE);
    }

    private static void readOnly(RealServer server, boolean readOnly) throws SQLException {
        server.execute(
                "postgres",
                "alter role "
                        + CrossingLab.USER
                        + (readOnly ? " set" : " reset")
                        + " default_transaction_read_only"
                        + (readOnly ? " = on" : ""));
    }

    /// In `postgresql.conf`, where no catalog shows it.
    private static void targetReadOnly(boolean readOnly) throws SQLException {
        var setting = "default_transaction_read_only";
        servers.target()
                .execute(
                        "postgres",
                        "alter system "
                                + (readOnly ? "set " + setting + " = on" : "reset " + setting));
        servers.target().value("postgres", "select pg_reload_conf()");
        Awaitility.await("new sessions to have it")
                .atMost(Duration.ofMinutes(2))
                .until(
                        () ->
                                servers.target()
                                        .value("postgres", "show " + setting)
                                        .equals(readOnly ? "on" : "off"));
    }

    private static void run(Connection client, String sql) throws SQLException {
        try (var statement = client.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void aTargetThatIsReadOnlyByDefaultIsNotSwitchedTo() throws Exception {
        try (var lab = lab();
                var client = lab.connect()) {
            // given: what a client has set for itself says nothing about the server
            run(client, "set default_transaction_read_only = on");
            targetReadOnly(true);
            try {
                // when
                var report = lab.to("green");

                // then
                assertThat(report.ending().outcome()).isEqualTo(Outcome.REFUSED);
                assertThat(report.ending().message())
                        .contains(CrossingLab.USER, "read-only", "green", "25006");
                assertThat(report.pause().clients().held()).isZero();
            } finally {
                targetReadOnly(false);
            }

            // and once that is mended, there and back past our own fence
            switched(lab.to("green"));
            switched(lab.back());
            run(client, "set default_transaction_read_only = off");
            run(client, "insert into account values (1, 1)");
        }
    }

    /// Somebody who only reads, here as there.
    @Test
    void aRoleThatIsReadOnlyOnBothServersIsInNobodysWay() throws Exception {
        for (var server : servers.all()) {
            readOnly(server, true);
        }
        try (var lab = lab();
                var client = lab.connect()) {
            run(client, "select count(*) from account");

            // when, then
            switched(lab.to("green"));
        } finally {
            for (var server : servers.all()) {
                readOnly(server, false);
            }
        }
    }
}
