package dev.pointsman.cli.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Ports;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.Proxy;
import dev.pointsman.core.config.file.ConfigFile;
import dev.pointsman.core.migration.Check;
import dev.pointsman.core.wire.Refused;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/// A configuration whose two servers are not what somebody meant.
@Tag("real")
class MistakenPairTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @TempDir Path state;

    private Proxy proxy(String text) throws Exception {
        CrossingLab.createUser(servers);
        return Proxy.start(ConfigFile.parse(text, "test.yaml", state, Map.of()), "test", _ -> {});
    }

    private String text(int blue, int green) {
        return Setup.of("transaction").text(servers.database(), new Ports(blue, green), state);
    }

    private static Check found(Proxy proxy, String id) throws Refused {
        return proxy.migrations().check(servers.database(), "green").stream()
                .filter(row -> row.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theSameServerUnderTwoAddressesIsFoundOutAndNothingBegins() throws Exception {
        int port = servers.source().port();
        var twice = text(port, port).replace("green: {host: 127.0.0.1", "green: {host: localhost");
        try (var proxy = proxy(twice)) {
            // then
            var row = found(proxy, "same-server");
            assertThat(row.verdict()).isEqualTo(Check.Verdict.FAIL);
            assertThat(row.finding()).contains("the same database of the same server");
            assertThatThrownBy(
                            () -> proxy.migrations().start(servers.database(), "green", Set.of()))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused ->
                                    assertThat(refused.report().message())
                                            .contains("the same database of the same server"));
        }
        assertThat(
                        servers.source()
                                .value(servers.database(), "select to_regnamespace('pointsman')"))
                .isEqualTo("NULL");
    }

    @Test
    void aTargetOlderThanTheSourceIsWarnedOf() throws Exception {
        try (var proxy = proxy(text(servers.target().port(), servers.source().port()))) {
            var row = found(proxy, "version");
            assertThat(row.verdict()).isEqualTo(Check.Verdict.WARN);
            assertThat(row.finding()).contains("the target (14) is older than the source (18)");
        }
    }
}
