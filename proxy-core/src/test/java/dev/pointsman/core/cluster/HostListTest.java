package dev.pointsman.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pointsman.core.config.file.ConfigFile;
import dev.pointsman.core.peer.ScriptedServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Control connections to a server with two addresses, of which only the second can be reached.
@Timeout(60)
class HostListTest {
    private final AtomicLong identifier = new AtomicLong(7_000_000_000_000_000_001L);
    private final Asked asked = _ -> Optional.of(identifier.toString());

    @Test
    void theAddressesOfAServerMustLeadToOneCluster() throws Exception {
        try (var server = ScriptedServer.listening(asked::answer);
                var cluster = cluster(server.port())) {
            // given
            cluster.dedicated().close();
            cluster.dedicated().close();

            // when
            identifier.incrementAndGet();
            var refused = catchThrowableOfType(SQLException.class, cluster::dedicated);

            // then
            assertThat(refused.getSQLState()).isEqualTo("55000");
            assertThat(refused.getMessage())
                    .contains("127.0.0.1:", "7000000000000000002", "7000000000000000001");
        }
    }

    @Test
    void whenNoAddressCanBeReachedTheLastErrorHoldsTheOthers() throws Exception {
        int port;
        try (var server = ScriptedServer.listening(asked::answer)) {
            port = server.port();
        }
        try (var cluster = cluster(port)) {
            var refused = catchThrowableOfType(SQLException.class, cluster::dedicated);

            assertThat(refused.getSQLState()).startsWith("08");
            assertThat(refused.getSuppressed()).hasSize(1);
        }
    }

    private static Cluster cluster(int port) throws Exception {
        var database =
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
                                      blue:
                                        host: [127.0.0.77, 127.0.0.1]
                                        port: %d
                                        sslmode: disable
                                """
                                        .formatted(port),
                                "test.yaml",
                                Path.of("target"),
                                Map.of())
                        .database("shop");
        return new Cluster("test", database, database.server("blue"));
    }
}
