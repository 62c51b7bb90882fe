package dev.pointsman.cli.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Ports;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.Proxy;
import dev.pointsman.core.config.file.ConfigFile;
import dev.pointsman.core.migration.Check;
import dev.pointsman.core.migration.MigrationState;
import dev.pointsman.core.migration.MigrationStatus;
import dev.pointsman.core.wire.Refused;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
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

    /// That of `server` leads to `other`, which has the same database, role and password.
    private void peerLeadsElsewhere(String server, RealServer other, String step) throws Exception {
        servers.source().execute(servers.database(), "create table kept (id int primary key)");
        var mistaken =
                text(servers.source().port(), servers.target().port())
                        .replaceFirst(
                                "(" + server + ": \\{.*)\\}",
                                "$1, peer: {host: %s, port: %d}}"
                                        .formatted(other.peerHost(), other.peerPort()));
        try (var proxy = proxy(mistaken)) {
            // when
            proxy.migrations().start(servers.database(), "green", Set.of());

            // then
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> status(proxy).state() == MigrationState.FAILED);
            assertThat(status(proxy).message())
                    .contains(step, "the peer address of " + server, "leads to another server");
            assertThat(subscriptions(server.equals("blue") ? servers.target() : servers.source()))
                    .isEqualTo("0");

            // and
            proxy.migrations().abort(servers.database());
            for (var each : servers.all()) {
                assertThat(subscriptions(each)).isEqualTo("0");
                assertThat(
                                each.value(
                                        servers.database(),
                                        "select count(*) from pg_replication_slots where database ="
                                                + " current_database()"))
                        .isEqualTo("0");
            }
        }
    }

    private static MigrationStatus status(Proxy proxy) throws Refused {
        return proxy.migrations().status(servers.database());
    }

    private static String subscriptions(RealServer server) throws Exception {
        return server.value(
                servers.database(),
                "select count(*) from pg_subscription s join pg_database d on d.oid = s.subdbid"
                        + " where d.datname = current_database()");
    }

    @Test
    void aSourcesPeerAddressThatLeadsToAnotherServerIsFoundOutBeforeAnythingIsCopied()
            throws Exception {
        peerLeadsElsewhere("blue", servers.target(), "subscription on green");
    }

    @Test
    void aTargetsPeerAddressThatLeadsToAnotherServerIsFoundOutBeforeAnybodyReliesOnTheWayBack()
            throws Exception {
        peerLeadsElsewhere("green", servers.source(), "the way back's subscription on blue");
    }
}
