package dev.pointsman.cli.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pointsman.cli.real.RealServers;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

@Tag("real")
class LoginTest {
    private static final String POOL = "{mode: session, size: 5}";

    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @ParameterizedTest
    @ValueSource(strings = {"trust", "md5", "scram-sha-256"})
    void aClientLogsInAndAsks(String type) throws Exception {
        // given
        try (RunningProxy proxy = proxy("auth: {type: " + type + "}")) {
            // when
            String answer = proxy.value("select current_user || ' in ' || current_database()");
            // then
            assertThat(answer).isEqualTo(RunningProxy.USER + " in " + servers.database());
        }
    }

    @ParameterizedTest
    @CsvSource({"md5,clerk", "md5,nobody", "scram-sha-256,clerk", "scram-sha-256,nobody"})
    void aWrongPasswordAndAnUnknownUserLookTheSame(String type, String user) throws Exception {
        // given
        try (RunningProxy proxy = proxy("auth: {type: " + type + "}")) {
            // when
            SQLException refused = refused(proxy, servers.database(), user, "wrong");
            // then
            assertThat(refused.getSQLState()).isEqualTo("28P01");
            assertThat((Throwable) refused)
                    .hasMessageContaining("password authentication failed for user");
        }
    }

    @Test
    void anUnknownDatabaseIsNamed() throws Exception {
        // given
        try (RunningProxy proxy = proxy("auth: {type: scram-sha-256}")) {
            // when
            SQLException refused =
                    refused(proxy, "nowhere", RunningProxy.USER, RunningProxy.PASSWORD);
            // then
            assertThat(refused.getSQLState()).isEqualTo("3D000");
            assertThat((Throwable) refused).hasMessageContaining("nowhere");
        }
    }

    @Test
    void oneClientTooManyIsTurnedAwayAndLetInOnceThereIsRoom() throws Exception {
        // given
        try (RunningProxy proxy = proxy("limits: {max_client_conn: 1}")) {
            try (Connection first = proxy.connect()) {
                // when
                SQLException refused =
                        refused(
                                proxy,
                                servers.database(),
                                RunningProxy.USER,
                                RunningProxy.PASSWORD);
                // then
                assertThat(refused.getSQLState()).isEqualTo("53300");
                assertThat(RunningProxy.value(first, "select 1")).isEqualTo("1");
            }
            Awaitility.await()
                    .ignoreExceptionsInstanceOf(SQLException.class)
                    .until(() -> proxy.value("select 2").equals("2"));
        }
    }

    @Test
    void aPortInUseIsNamed() throws Exception {
        // given
        try (RunningProxy proxy = proxy()) {
            // when
            Throwable failure =
                    catchThrowableOfType(
                            IOException.class,
                            () ->
                                    RunningProxy.before(
                                            servers.source(),
                                            servers.database(),
                                            POOL,
                                            "listen: {host: 127.0.0.1, port: "
                                                    + proxy.proxy().port()
                                                    + "}"));
            // then
            assertThat(failure).hasMessageContaining("127.0.0.1:" + proxy.proxy().port());
        }
    }

    private static RunningProxy proxy(String... more) throws Exception {
        return RunningProxy.before(servers.source(), servers.database(), POOL, more);
    }

    private static SQLException refused(
            RunningProxy proxy, String database, String user, String password) {
        return catchThrowableOfType(
                SQLException.class, () -> proxy.connect(database, user, password).close());
    }
}
