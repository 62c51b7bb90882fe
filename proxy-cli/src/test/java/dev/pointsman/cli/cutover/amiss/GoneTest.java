package dev.pointsman.cli.cutover.amiss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.wire.Refused;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// A state folder that somebody took away, and an instance that has gone by itself.
@Tag("real")
class GoneTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension
    final LaidServers laid =
            new LaidServers(
                    servers, Setup.of("transaction").cutover("attempts: 1, hold_limit: 20s"));

    @TempDir Path folder;

    private static String beats() throws Exception {
        return servers.source()
                .value(servers.database(), "select count(*) from pointsman.heartbeat");
    }

    private static void awaitBeat() {
        Awaitility.await("a heartbeat")
                .atMost(Duration.ofMinutes(2))
                .until(() -> beats().equals("1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"journal", "lock"})
    void aFileOfTheStateFolderThatIsAnotherNowStopsACutover(String name) throws Exception {
        try (var lab = laid.lab(folder.resolve("state"))) {
            // given
            var file = folder.resolve("state").resolve(name);
            var aside = folder.resolve("aside");
            Files.move(file, aside);
            Files.copy(aside, file);

            // when, then
            assertThatThrownBy(() -> lab.to("green"))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining(file + " was deleted or replaced");
            Files.delete(file);
            assertThatThrownBy(() -> lab.to("green"))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining(file + " was deleted or replaced");
            assertThat(lab.serving()).isEqualTo("blue");

            // and once the file itself is back
            Files.move(aside, file);
            assertThat(lab.to("green").ending().outcome()).isEqualTo(Outcome.SWITCHED);
        }
    }

    @Test
    void anInstanceThatWasStoppedIsInNobodysWay() throws Exception {
        // given
        try (var _ = laid.lab(folder.resolve("first"))) {
            awaitBeat();
        }

        // when
        assertThat(beats()).isEqualTo("0");
        try (var lab = laid.lab(folder.resolve("second"))) {
            // then
            assertThat(lab.to("green").ending().outcome()).isEqualTo(Outcome.SWITCHED);
        }
    }

    @Test
    void anInstanceThatDiedIsNamedWithTheTimeItCountsAsAlive() throws Exception {
        // given
        servers.source()
                .execute(
                        servers.database(),
                        "insert into pointsman.heartbeat values ('other', clock_timestamp())");
        try (var lab = laid.lab(folder.resolve("state"))) {
            // when, then
            assertThatThrownBy(() -> lab.to("green"))
                    .isInstanceOf(Refused.class)
                    .hasMessageMatching(
                            "instance other \\(on blue: last heard of \\d+ s ago, counts as alive"
                                    + " until \\d\\d:\\d\\d:\\d\\d UTC\\) serves database .*");
        }
    }
}
