package dev.pointsman.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.file.ConfigFile;
import dev.pointsman.core.peer.ScriptedServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A network that swallows what is sent: nothing is refused, nothing comes.
@Timeout(60)
class SilentServerTest {
    private static final ControlLimits SHORT =
            new ControlLimits(Duration.ofMillis(300), Duration.ofSeconds(1));

    private final CountDownLatch over = new CountDownLatch(1);
    private final Asked asked = this::value;

    @Test
    void aControlCallThatGetsNoAnswerEndsAndTheNextOneGetsAnotherConnection() throws Exception {
        try (var server = ScriptedServer.listening(asked::answer);
                var cluster = cluster(server.port(), SHORT)) {
            assertThat(cluster.<Boolean>call(connection -> run(connection, "SELECT 1"))).isTrue();

            // when
            var failed =
                    catchThrowableOfType(
                            SQLException.class,
                            () -> cluster.call(connection -> run(connection, "SELECT swallow()")));

            // then
            assertThat(failed.getSQLState()).startsWith("08");
            assertThat(cluster.<Boolean>call(connection -> run(connection, "SELECT 1"))).isTrue();
            over.countDown();
        }
    }

    @Test
    void whatMayTakeLongIsNotCutOff() throws Exception {
        try (var server = ScriptedServer.listening(asked::answer);
                var cluster = cluster(server.port(), SHORT);
                var connection = cluster.dedicated()) {
            assertThat(connection.getNetworkTimeout()).isZero();
            assertThat(cluster.<Integer>call(Connection::getNetworkTimeout)).isEqualTo(1_000);
            over.countDown();
        }
    }

    /// A suspended machine takes them for older than its process: only these tell.
    @Test
    void itsOwnControlSessionsAreKnownByTheirServerProcessesWhileTheyAreOpen() throws Exception {
        try (var server = ScriptedServer.listening(asked::answer);
                var cluster = cluster(server.port(), SHORT)) {
            var first = cluster.dedicated();
            try (var _ = cluster.dedicated()) {
                assertThat(cluster.ownPids()).containsExactlyInAnyOrder(1, 2);
                first.close();
                assertThat(cluster.ownPids()).containsExactly(2);
                assertThat(cluster.<Boolean>call(one -> run(one, "SELECT 1"))).isTrue();
                assertThat(cluster.ownPids()).hasSize(2).contains(2);
            }
            over.countDown();
        }
    }

    @Test
    void theServersOwnLimitComesFirst() {
        assertThat(Cluster.LIMITS.network()).isGreaterThan(Cluster.LIMITS.statement());
        assertThatThrownBy(() -> new ControlLimits(Duration.ofSeconds(2), Duration.ofSeconds(2)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static boolean run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
            return true;
        }
    }

    private Optional<String> value(String sql) throws InterruptedException {
        if (sql.contains("swallow")) {
            over.await(120, TimeUnit.SECONDS);
            return Optional.empty();
        }
        return Optional.of("read committed"); // what the pool asks for first
    }

    private static Cluster cluster(int port, ControlLimits limits) throws Exception {
        Config config =
                ConfigFile.parse(
                        """
                        version: 1
                        admin: {host: 127.0.0.1, port: 0, users: {operator: "secret"}}
                        auth: {type: trust}
                        users: {app: {password: "app's"}}
                        databases:
                          shop:
                            serve: blue
                            control: {user: postgres, maintenance_db: postgres}
                            servers:
                              blue: {host: 127.0.0.1, port: %d, dbname: shop, sslmode: disable}
                        """
                                .formatted(port),
                        "test.yaml",
                        Path.of("target"),
                        Map.of());
        var database = config.database("shop");
        return new Cluster("test", database, database.server("blue"), limits);
    }
}
