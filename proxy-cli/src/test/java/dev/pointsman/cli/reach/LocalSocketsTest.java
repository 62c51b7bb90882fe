package dev.pointsman.cli.reach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.cli.cutover.Console;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.cutover.Ledger;
import dev.pointsman.cli.cutover.Writers;
import dev.pointsman.cli.demo.EmbeddedSettings;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.Proxy;
import dev.pointsman.core.cluster.local.LocalSockets;
import dev.pointsman.core.config.LocalAddress;
import dev.pointsman.core.config.file.ConfigFile;
import dev.pointsman.core.cutover.CutoverOrder;
import dev.pointsman.core.cutover.Destination;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.report.Requester;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/// Clients, servers and control connections that all go by Unix-domain sockets, through a cutover
/// and back.
@Tag("real")
@DisabledIfSystemProperty(
        named = "postgres",
        matches = "containers",
        disabledReason = "the socket files of containers are not on this machine")
class LocalSocketsTest {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final String FOLDER = "/tmp";

    @RegisterExtension
    static final RealServers servers = RealServers.own(settings(14), settings(18));

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    @TempDir Path folder;

    private static EmbeddedSettings settings(int major) {
        return EmbeddedSettings.of(major)
                .with("unix_socket_directories", "'" + FOLDER + "'")
                .allow("local all all trust");
    }

    private Proxy start() throws Exception {
        var text =
                Setup.of("transaction")
                        .cutover("hold_limit: 20s, drain_timeout: 10s")
                        .text(servers, folder.resolve("state"))
                        .replace("{host: 127.0.0.1, port: 0}", "{port: 0, unix_socket_dir: .}")
                        .replace("blue: {host: 127.0.0.1", "blue: {host: " + FOLDER)
                        .replace("green: {host: 127.0.0.1", "green: {host: " + FOLDER);
        return Proxy.start(ConfigFile.parse(text, "test.yaml", folder, Map.of()), "test");
    }

    private Connection connect(Proxy proxy) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", CrossingLab.USER);
        properties.setProperty("password", "secret");
        properties.setProperty("prepareThreshold", "0");
        properties.setProperty("socketFactory", LocalSockets.class.getName());
        properties.setProperty(
                "socketFactoryArg", new LocalAddress(folder, proxy.port()).file().toString());
        return DriverManager.getConnection(
                "jdbc:postgresql://localhost/" + servers.database(), properties);
    }

    @Test
    void aCutoverAndTheWayBackLoseNothing() throws Exception {
        try (var proxy = start();
                var console = Console.before(proxy);
                var writers = new Writers(4, () -> connect(proxy))) {
            Awaitility.await().atMost(LONG).until(() -> writers.acknowledged() > 20);
            assertThat(console.column("SHOW CLIENTS", "addr")).containsOnly("unix");
            assertThat(console.column("SHOW SERVERS", "addr")).containsOnly("unix");
            assertThat(console.column("SHOW SERVERS", "port"))
                    .containsOnly(String.valueOf(servers.source().port()));

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
    void aStatementIsCancelledThroughBothSockets() throws Exception {
        try (var proxy = start();
                var connection = connect(proxy);
                var statement = connection.createStatement()) {
            // given
            var canceller =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        Awaitility.await()
                                                .atMost(LONG)
                                                .until(() -> sleepers().equals("1"));
                                        try {
                                            statement.cancel();
                                        } catch (SQLException e) {
                                            throw new AssertionError(e);
                                        }
                                    });

            // when
            assertThatThrownBy(() -> statement.execute("select pg_sleep(600)"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            // then
                            why -> assertThat(why.getSQLState()).isEqualTo("57014"));
            canceller.join();
        }
    }

    private static String sleepers() throws SQLException {
        return servers.source()
                .value(
                        "postgres",
                        "select count(*) from pg_stat_activity where state = 'active' and query ="
                                + " 'select pg_sleep(600)'");
    }

    private static Outcome run(Proxy proxy, Destination to) throws Exception {
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
