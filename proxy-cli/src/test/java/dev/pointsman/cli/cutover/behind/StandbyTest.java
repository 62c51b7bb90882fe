package dev.pointsman.cli.cutover.behind;

import static dev.pointsman.cli.cutover.wire.Message.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.At;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.real.MissingStandby;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.run.Step;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/// Commits on the source that wait for a standby which does not answer.
@Tag("real")
class StandbyTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    @TempDir Path state;

    private final At at = new At();

    @AfterEach
    void waitForNobody() throws Exception {
        MissingStandby.forget(servers.source());
    }

    /// Neither the mark nor the undo is committed for sure, so nobody is let go before one is.
    @Test
    void aMarkThatIsNotConfirmedKeepsClientsHeldUntilTheSourceCommitsTheUndo() throws Exception {
        var setup =
                Setup.of("transaction")
                        .cutover("attempts: 1, hold_limit: 2s")
                        .more("auth: {type: trust}");
        try (var lab = CrossingLab.start(servers, state, setup, at);
                var client = lab.raw()) {
            client.run("insert into account values (1, 1)");
            at.at(
                    Step.DRAINED,
                    () -> {
                        client.send(query("insert into account values (2, 2)"));
                        MissingStandby.awaitBy(servers.source());
                    });

            // when
            var report = lab.to("green");

            // then
            at.verify();
            assertThat(report.ending().outcome()).isEqualTo(Outcome.UNKNOWN);
            assertThat(report.ending().message())
                    .contains("no synchronous standby has confirmed", "clients stay held")
                    .contains("synchronous_standby_names = 'nobody'", "on blue and reload");
            assertThat(client.hasAnswer()).isFalse();

            // and the undo waits, too
            assertThat(lab.proxy().cutovers().repair(servers.database(), false).steps())
                    .singleElement()
                    .asString()
                    .startsWith("cannot be settled: ")
                    .contains("no synchronous standby has confirmed");

            // and when
            waitForNobody();

            // then
            assertThat(client.awaitReady()).containsExactly("C INSERT 0 1", "Z I");
            assertThat(lab.serving()).isEqualTo("blue");
            assertThat(lab.to("green").ending().outcome()).isEqualTo(Outcome.SWITCHED);
            assertThat(
                            servers.target()
                                    .column(
                                            servers.database(),
                                            "select id from account order by id"))
                    .containsExactly("1", "2");
        }
    }
}
