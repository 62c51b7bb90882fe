package dev.pointsman.cli.reach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.Console;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.cutover.Ledger;
import dev.pointsman.cli.cutover.Writers;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.Proxy;
import dev.pointsman.core.config.file.ConfigFile;
import dev.pointsman.core.cutover.CutoverOrder;
import dev.pointsman.core.cutover.Destination;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.report.Requester;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Servers behind several addresses and behind names that move, for clients and for a cutover.
@Tag("real")
class HostsTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    /// An address of this machine where nobody listens.
    private static final String DEAD = "127.0.0.77";

    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    @TempDir Path state;

    private Proxy start(String blue, String green) throws Exception {
        var text =
                Setup.of("transaction")
                        .cutover("hold_limit: 20s, drain_timeout: 10s")
                        .more("limits: {dns_max_ttl: 1s, query_wait_timeout: 120s}")
                        .text(servers, state)
                        .replace("blue: {host: 127.0.0.1", "blue: {host: " + blue)
                        .replace("green: {host: 127.0.0.1", "green: {host: " + green);
        return Proxy.start(ConfigFile.parse(text, "test.yaml", state, Map.of()), "test");
    }

    @Test
    void aCutoverLeadsToServersWhoseFirstAddressesRefuseAndBack() throws Exception {
        // given
        var list = "[%s, 127.0.0.1]".formatted(DEAD);
        try (var proxy = start(list, list);
                var writers =
                        new Writers(
                                4, () -> CrossingLab.connect(proxy.port(), servers.database()))) {
            Awaitility.await().atMost(LONG).until(() -> writers.acknowledged() > 20);

            // when
            var there = run(proxy, new Destination.To("green"));
            var between = writers.acknowledged();
            Awaitility.await().atMost(LONG).until(() -> writers.acknowledged() > between + 20);
            var back = run(proxy, new Destination.Back(false));

            // then
            assertThat(there).isEqualTo(Outcome.SWITCHED);
            assertThat(back).isEqualTo(Outcome.SWITCHED);
            var now = writers.acknowledged();
            Awaitility.await().atMost(LONG).until(() -> writers.acknowledged() > now + 20);
            writers.stop();
            assertThat(writers.errors()).isEmpty();
            assertThat(Ledger.faults(writers, servers.source(), servers.database())).isEmpty();
        }
    }

    @Test
    void aNameIsFollowedToItsNewAddress() throws Exception {
        // given
        var name = servers.database() + ".pointsman.test";
        MovingNames.move(name, "127.0.0.1");
        try (var proxy = start(name, "127.0.0.1");
                var console = Console.before(proxy);
                var writers =
                        Writers.undaunted(
                                2, () -> CrossingLab.connect(proxy.port(), servers.database()))) {
            Awaitility.await().atMost(LONG).until(() -> writers.acknowledged() > 20);

            // when: the name leads nowhere, once what is remembered of it is too old
            MovingNames.move(name, DEAD);

            // then
            Awaitility.await()
                    .atMost(LONG)
                    .until(
                            () -> {
                                console.say("RECONNECT " + servers.database());
                                return console.column("SHOW DNS_HOSTS", "addrs").contains(DEAD);
                            });

            // when
            var before = writers.acknowledged();
            MovingNames.move(name, "127.0.0.1");

            // then
            Awaitility.await().atMost(LONG).until(() -> writers.acknowledged() > before + 20);
            assertThat(proxy.names().lookups()).isGreaterThan(1);
        }
    }

    private Outcome run(Proxy proxy, Destination to) throws Exception {
        var order =
                new CutoverOrder(
                        List.of(servers.database()),
                        to,
                        false,
                        Duration.ZERO,
                        Set.of(),
                        new Requester("tester", "127.0.0.1"));
        return proxy.cutovers().run(order, _ -> {}).ending().outcome();
    }
}
