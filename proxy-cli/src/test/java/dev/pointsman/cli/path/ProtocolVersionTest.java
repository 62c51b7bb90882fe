package dev.pointsman.cli.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pointsman.cli.cutover.wire.Message;
import dev.pointsman.cli.cutover.wire.RawClient;
import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;

/// Clients that ask for newer protocols than 3.0, beside a server of PostgreSQL 18.
@Tag("real")
class ProtocolVersionTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    private static final Duration LONG = Duration.ofSeconds(90);
    private static final String SLEEP = "select pg_sleep(600)";

    private static RunningProxy proxy(RealServer server, String mode) throws Exception {
        return RunningProxy.before(
                server, servers.database(), "{mode: " + mode + ", size: 2}", "auth: {type: trust}");
    }

    private static RawClient client(int port, int minor, String option) {
        var startup = new LinkedHashMap<String, String>();
        startup.put("user", RunningProxy.USER);
        startup.put("database", servers.database());
        if (!option.isEmpty()) {
            startup.put("_pq_." + option, "1");
            startup.put("_pq_.another", "");
        }
        return RawClient.connect(port, minor, startup);
    }

    @ParameterizedTest
    @CsvSource({
        "0,''",
        "1,''",
        "2,''",
        "3,''",
        "9999,''",
        "0,grease",
        "1,grease",
        "2,grease",
        "9999,test_protocol_negotiation"
    })
    void versionAndOptionsAreNegotiatedAsPostgresqlDoes(int minor, String option) throws Exception {
        try (var proxy = proxy(servers.target(), "transaction");
                var through = client(proxy.port(), minor, option);
                var alone = client(servers.target().port(), minor, option)) {
            assertThat(through.negotiation()).isEqualTo(alone.negotiation());
            assertThat(through.secretBytes()).isEqualTo(alone.secretBytes());
            assertThat(through.run("select 1")).isEqualTo(alone.run("select 1"));
        }
    }

    /// The server of PostgreSQL 14 itself knows short keys only.
    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void aLongKeyCancelsOnAnyServer(String mode) throws Exception {
        for (var server : servers.all()) {
            try (var proxy = proxy(server, mode);
                    var client = client(proxy.port(), 2, "");
                    var other = client(proxy.port(), 2, "")) {
                client.send(Message.query(SLEEP));
                other.send(Message.query(SLEEP));
                awaitSleeping(server, 2);

                client.cancel();

                assertThat(client.awaitReady())
                        .contains("E 57014 canceling statement due to user request", "Z I");
                awaitSleeping(server, 1);
                other.cancel();
                assertThat(other.awaitReady()).last().isEqualTo("Z I");
                assertThat(client.secretBytes()).isEqualTo(32);
            }
        }
    }

    @Test
    void theJdbcDriverCancelsOverProtocol32() throws Exception {
        var properties = new Properties();
        properties.setProperty("user", RunningProxy.USER);
        properties.setProperty("password", RunningProxy.PASSWORD);
        properties.setProperty("protocolVersion", "3.2");
        try (var proxy = proxy(servers.target(), "transaction");
                var connection =
                        DriverManager.getConnection(
                                "jdbc:postgresql://127.0.0.1:"
                                        + proxy.port()
                                        + "/"
                                        + servers.database(),
                                properties);
                var statement = connection.createStatement()) {
            var running =
                    CompletableFuture.supplyAsync(
                            () ->
                                    catchThrowableOfType(
                                            SQLException.class, () -> statement.execute(SLEEP)));
            awaitSleeping(servers.target(), 1);

            statement.cancel();

            assertThat(running.get().getSQLState()).isEqualTo("57014");
            assertThat(RunningProxy.value(connection, "select 7")).isEqualTo("7");
        }
    }

    private static void awaitSleeping(RealServer server, int count) {
        Awaitility.await(count + " asleep")
                .atMost(LONG)
                .until(
                        () ->
                                server.value(
                                                servers.database(),
                                                "select count(*) from pg_stat_activity where state"
                                                        + " = 'active' and query = '"
                                                        + SLEEP
                                                        + "' and datname = current_database()")
                                        .equals(String.valueOf(count)));
    }
}
