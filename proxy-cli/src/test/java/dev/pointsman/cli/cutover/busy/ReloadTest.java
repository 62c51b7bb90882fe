package dev.pointsman.cli.cutover.busy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.Console;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.cutover.Ledger;
import dev.pointsman.cli.cutover.Writers;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.Reloading;
import dev.pointsman.core.config.file.ConfigText;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.run.Step;

import org.assertj.core.api.SoftAssertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.EnumSet;

/// RELOAD by an operator in the middle of a cutover: what leads to other servers is refused, what
/// does not is taken over, and the cutover goes on as it began.
@Tag("real")
class ReloadTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    private static final Setup SETUP =
            Setup.of("transaction").cutover("attempts: 1, hold_limit: 20s, drain_timeout: 10s");

    @TempDir Path folder;

    private final SoftAssertions answers = new SoftAssertions();
    private final EnumSet<Step> seen = EnumSet.noneOf(Step.class);
    private volatile Step.Watch watching = _ -> {};

    private String text() {
        return SETUP.text(servers, folder.resolve("state"));
    }

    private String otherServers() {
        return text().replace("sslmode: disable", "sslmode: prefer");
    }

    private Path file(String text) {
        try {
            return Files.writeString(folder.resolve("pointsman.yaml"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String reload(Console console, String text) throws SQLException {
        file(text);
        return console.say("RELOAD");
    }

    private void reloadAt(Step step, Console console) {
        seen.add(step);
        var limit = "query_wait_timeout: " + (100 + seen.size()) + "s";
        try {
            answers.assertThat(reload(console, otherServers()))
                    .as("other servers at " + step)
                    .startsWith("55006 ")
                    .contains("cutover");
            answers.assertThat(reload(console, text() + "limits: {" + limit + "}\n"))
                    .as("another limit at " + step)
                    .isEqualTo("ok");
            answers.assertThat(reload(console, text() + "colour: red\n"))
                    .as("a broken file at " + step)
                    .startsWith("F0000 ");
        } catch (SQLException e) {
            answers.fail("RELOAD at " + step, e);
        }
    }

    @Test
    void otherServersAreRefusedOtherLimitsCountAndNothingIsLost() throws Exception {
        // given
        var file = file(text());
        try (var lab =
                        CrossingLab.start(
                                servers,
                                folder.resolve("state"),
                                SETUP,
                                step -> watching.passed(step));
                var console =
                        Console.before(
                                lab.proxy(),
                                new Reloading(lab.proxy(), file, ConfigText.of(file), _ -> {}));
                var writers = new Writers(4, lab::connect)) {
            Awaitility.await().until(() -> writers.acknowledged() > 20);

            // when
            watching = step -> reloadAt(step, console);
            var there = lab.to("green");
            watching = _ -> {};

            // then
            answers.assertAll();
            assertThat(seen).containsAll(EnumSet.range(Step.CHECKED, Step.RELEASED));
            assertThat(there.ending().outcome()).isEqualTo(Outcome.SWITCHED);
            assertThat(lab.proxy().config().limits().queryWaitTimeout().toSeconds())
                    .isGreaterThan(100);

            // when: nobody holds the database any more
            assertThat(reload(console, otherServers())).isEqualTo("ok");
            var back = lab.back();

            // then: by the new way to the servers
            assertThat(back.ending().outcome()).isEqualTo(Outcome.SWITCHED);
            var now = writers.acknowledged();
            Awaitility.await().until(() -> writers.acknowledged() > now + 20);
            writers.stop();
            assertThat(writers.errors()).isEmpty();
            assertThat(Ledger.faults(writers, servers.source(), servers.database())).isEmpty();
        }
    }
}
