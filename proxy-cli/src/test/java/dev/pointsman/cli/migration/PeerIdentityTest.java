package dev.pointsman.cli.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.Proxy;
import dev.pointsman.core.config.file.ConfigFile;
import dev.pointsman.core.migration.Check;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A `peer` address that leads to a server that looks the same and is another one.
@Tag("real")
class PeerIdentityTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 15, 16, 18);

    private static final String LEFT =
            "select count(*) from (select pubname from pg_publication union all select nspname from"
                    + " pg_namespace where nspname = 'pointsman' union all select subname from"
                    + " pg_subscription) t";

    @TempDir Path state;

    /// A proxy for two of the servers, each of which the other one reaches where the third is.
    private Proxy proxy(
            RealServer blue, RealServer green, RealServer bluePeer, RealServer greenPeer)
            throws Exception {
        CrossingLab.createUser(servers);
        var ports = new CrossingLab.Ports(blue.port(), green.port());
        var text =
                Setup.of("transaction")
                        .text(servers.database(), ports, state)
                        .replace(
                                "port: %d, dbname".formatted(blue.port()),
                                "port: %d, %s, dbname".formatted(blue.port(), peer(bluePeer)))
                        .replace(
                                "port: %d, dbname".formatted(green.port()),
                                "port: %d, %s, dbname".formatted(green.port(), peer(greenPeer)));
        return Proxy.start(ConfigFile.parse(text, "test.yaml", state, Map.of()), "test", _ -> {});
    }

    private static String peer(RealServer server) {
        return "peer: {host: %s, port: %d, sslmode: disable}"
                .formatted(server.peerHost(), server.peerPort());
    }

    private static Check found(Proxy proxy, String id) throws Exception {
        return proxy.migrations().check(servers.database(), "green").stream()
                .filter(row -> row.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static void nothingIsLeft() throws Exception {
        for (var server : servers.all()) {
            assertThat(server.value(servers.database(), LEFT)).isEqualTo("0");
        }
    }

    /// Each version as the one that subscribes, and as the one that is subscribed to.
    private static List<List<RealServer>> pairs() {
        var all = servers.all();
        return List.of(
                List.of(all.get(0), all.get(1), all.get(2)),
                List.of(all.get(2), all.get(3), all.get(0)),
                List.of(all.get(0), all.get(3), all.get(1)));
    }

    @Test
    void anAddressThatLeadsToAnotherServerIsFoundOutInEachDirection() throws Exception {
        for (var trio : pairs()) {
            var blue = trio.get(0);
            var green = trio.get(1);
            var third = trio.get(2);
            try (var proxy = proxy(blue, green, third, green)) {
                assertThat(found(proxy, "way-back").verdict()).isEqualTo(Check.Verdict.PASS);
                var row = found(proxy, "peer");
                assertThat(row.verdict()).isEqualTo(Check.Verdict.FAIL);
                assertThat(row.unsafe()).isTrue();
                assertThat(row.finding()).contains("leads to another server");
            }
            try (var proxy = proxy(blue, green, blue, third)) {
                assertThat(found(proxy, "peer").verdict()).isEqualTo(Check.Verdict.PASS);
                var row = found(proxy, "way-back");
                assertThat(row.verdict()).isEqualTo(Check.Verdict.FAIL);
                assertThat(row.finding()).contains("leads to another server");
            }
        }
        nothingIsLeft();
    }

    @Test
    void whatACheckThatWasKilledLeftIsNoLeftoverAndIsTakenAway() throws Exception {
        var blue = servers.all().get(0);
        var green = servers.all().get(3);
        blue.execute(
                servers.database(),
                "create schema pointsman; create table pointsman.pointsman_probe_dead (id int);"
                        + " create publication pointsman_probe_dead for table"
                        + " pointsman.pointsman_probe_dead");

        try (var proxy = proxy(blue, green, blue, green)) {
            assertThat(found(proxy, "leftovers").verdict()).isEqualTo(Check.Verdict.PASS);
            assertThat(blue.value(servers.database(), "select count(*) from pg_publication"))
                    .isEqualTo("0");
        }
    }
}
