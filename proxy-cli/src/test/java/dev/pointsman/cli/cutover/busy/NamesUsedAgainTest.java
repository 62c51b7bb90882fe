package dev.pointsman.cli.cutover.busy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.Console;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Ports;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.Proxy;
import dev.pointsman.core.config.file.ConfigFile;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// A start with a configuration whose names lead to other servers than the records mean.
@Tag("real")
class NamesUsedAgainTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    @TempDir Path state;

    private Proxy restarted(String fence, Path folder, Ports ports) throws Exception {
        var text = setup(fence).text(servers.database(), ports, folder);
        return Proxy.start(ConfigFile.parse(text, "test.yaml", folder, Map.of()), "test", _ -> {});
    }

    private static Setup setup(String fence) {
        return Setup.of("transaction").cutover("fence: " + fence);
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void letsNobodyThroughUntilTheyLeadThereAgain(String fence) throws Exception {
        // given
        try (var lab = CrossingLab.start(servers, state, setup(fence), _ -> {})) {
            assertThat(lab.to("green").ending().message()).isEqualTo("green serves");
        }
        int blue = servers.source().port();
        int green = servers.target().port();

        // when: the addresses are exchanged, with the journal and with a new folder
        for (var folder : new Path[] {state, Files.createDirectory(state.resolve("new"))}) {
            try (var proxy = restarted(fence, folder, new Ports(green, blue));
                    var console = Console.before(proxy)) {
                // then
                assertThat(proxy.gates().of(servers.database()).isUndecided()).isTrue();
                assertThat(console.column("SHOW WHY " + servers.database(), "unfinished"))
                        .anySatisfy(
                                why ->
                                        assertThat(why)
                                                .contains("made green serve")
                                                .contains("lead to other servers than then"));
            }
        }

        // and
        try (var proxy = restarted(fence, state, new Ports(blue, green));
                var client = CrossingLab.connect(proxy.port(), servers.database());
                var asked = client.createStatement();
                var row = asked.executeQuery("select inet_server_port()")) {
            row.next();
            assertThat(row.getInt(1)).isEqualTo(green);
        }
    }
}
