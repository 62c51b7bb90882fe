package dev.pointsman.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pointsman.core.config.file.ConfigFile;
import dev.pointsman.core.peer.ScriptedServer;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;

/// A server that wants a password where the configuration has none.
class MissingPasswordTest {
    private static final int CLEAR = 3;

    @ParameterizedTest
    @CsvSource({"disable,10", "allow,10", "prefer,10", "disable,3"})
    void theHintIsAboutThePassword(String sslmode, int asked) throws Exception {
        assertThat(hint(sslmode, asked)).contains("control.password").doesNotContain("firewall");
    }

    private static String hint(String sslmode, int asked) throws Exception {
        try (var server = ScriptedServer.listening(talk -> ask(talk, asked));
                var cluster = cluster(server.port(), sslmode)) {
            var failed = catchThrowableOfType(SQLException.class, cluster::facts);
            var report = cluster.refusal(failed).report();
            assertThat(report.message()).contains("server blue", "control user postgres");
            return report.hint();
        }
    }

    private static void ask(ScriptedServer.Conversation talk, int asked) {
        talk.untilTheyGo(
                () -> {
                    talk.expectStartUp();
                    var data =
                            asked == CLEAR
                                    ? new byte[0]
                                    : "SCRAM-SHA-256\0\0".getBytes(StandardCharsets.US_ASCII);
                    talk.sendAuthentication(asked, data);
                    talk.receive();
                });
    }

    private static Cluster cluster(int port, String sslmode) throws Exception {
        var config =
                ConfigFile.parse(
                        """
                        admin: {users: {operator: secret}}
                        auth: {type: trust}
                        users: {app: {}}
                        databases:
                          shop:
                            serve: blue
                            control: {user: postgres}
                            servers:
                              blue: {host: 127.0.0.1, port: %d, dbname: shop, sslmode: %s}
                        """
                                .formatted(port, sslmode),
                        "test.yaml",
                        Path.of("target"),
                        Map.of());
        var database = config.database("shop");
        return new Cluster("test", database, database.server("blue"), Cluster.LIMITS);
    }
}
