package dev.pointsman.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.config.Server.SslMode;
import dev.pointsman.core.config.tls.PeerTls;
import dev.pointsman.core.config.tls.ServerTls;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.sql.SQLException;
import java.util.Map;

/// A server that has no database of the name in the configuration.
class MissingDatabaseTest {
    @ParameterizedTest
    @CsvSource({"shop, \"shop\"", "Old \"Shop\", \"Old \"\"Shop\"\"\""})
    void theHintSaysHowToMakeIt(String dbname, String quoted) {
        // given
        var server =
                new Server(
                        "blue",
                        "127.0.0.1",
                        5432,
                        dbname,
                        ServerTls.of(SslMode.DISABLE),
                        new Server.Control("postgres", new Secret.Absent(), "postgres"),
                        Map.of(),
                        new Server.Peer("127.0.0.1", 5432, PeerTls.of(SslMode.DISABLE)));
        var cause = new SQLException("FATAL: database does not exist", "3D000");

        // when
        var refused =
                ControlFault.refused(new ControlAddress(server, dbname, "pointsman/test"), cause);

        // then
        assertThat(refused.report().hint())
                .contains("Check dbname")
                .endsWith("or create it: CREATE DATABASE " + quoted);
    }
}
