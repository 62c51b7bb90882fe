package dev.pointsman.cli.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.demo.EmbeddedSettings;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.Proxy;
import dev.pointsman.core.config.file.ConfigFile;
import dev.pointsman.core.migration.Check;
import dev.pointsman.core.migration.Check.Verdict;
import dev.pointsman.core.wire.Refused;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Servers as they are installed, whose WAL does for standbys only.
@Tag("real")
class WalLevelTest {
    @RegisterExtension
    static final RealServers servers =
            RealServers.own(
                    EmbeddedSettings.of(16).with("wal_level", "replica"), EmbeddedSettings.of(18));

    @TempDir Path state;

    @Test
    void aServerWhoseWalHoldsTooLittleIsFoundAndItsMendMendsIt() throws Exception {
        CrossingLab.createUser(servers);
        var text = Setup.of("transaction").text(servers, state);
        try (var proxy =
                Proxy.start(
                        ConfigFile.parse(text, "test.yaml", state, Map.of()), "test", _ -> {})) {
            // then: of both servers, of which one is well
            var rows = found(proxy);
            assertThat(rows)
                    .extracting(Check::server, Check::verdict)
                    .containsExactly(tuple("blue", Verdict.FAIL), tuple("green", Verdict.PASS));
            var row = rows.getFirst();
            assertThat(row.finding())
                    .isEqualTo("wal_level is replica, so nothing can be replicated");
            assertThat(row.unsafe()).isTrue();

            // and: accepting it does not help
            assertThatThrownBy(
                            () ->
                                    proxy.migrations()
                                            .start(servers.database(), "green", Set.of(row.id())))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused ->
                                    assertThat(refused.report().message())
                                            .contains("wal_level is replica"));

            // when
            assertThat(row.mend()).isEqualTo("ALTER SYSTEM SET wal_level = 'logical'; and restart");
            servers.source().execute("postgres", row.mend().replace("; and restart", ""));
            servers.source().stop();
            servers.source().restart();

            // then: once connections that the restart has ended are replaced
            Awaitility.await("both servers to be asked").until(() -> found(proxy).size() == 2);
            assertThat(found(proxy)).extracting(Check::verdict).containsOnly(Verdict.PASS);
        }
    }

    private static List<Check> found(Proxy proxy) throws Refused {
        return proxy.migrations().check(servers.database(), "green").stream()
                .filter(row -> row.id().equals("wal-level"))
                .toList();
    }
}
