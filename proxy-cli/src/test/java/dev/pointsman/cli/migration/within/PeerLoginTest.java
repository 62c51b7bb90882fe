package dev.pointsman.cli.migration.within;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.demo.EmbeddedSettings;
import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.Proxy;
import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.file.ConfigFile;
import dev.pointsman.core.migration.MigrationState;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/// The control role's password is changed in the middle of a migration.
@Tag("real")
class PeerLoginTest {
    @RegisterExtension
    static final RealServers servers =
            RealServers.own(
                    EmbeddedSettings.of(14).withPasswords(),
                    EmbeddedSettings.of(18).withPasswords());

    private static final String KEEPER = "keeper";

    @TempDir Path state;

    private Config config(String password) throws Exception {
        var text = Setup.of("transaction").control(KEEPER, password).text(servers, state);
        return ConfigFile.parse(text, "test.yaml", state, Map.of());
    }

    private static void password(String password) throws Exception {
        for (var server : servers.all()) {
            server.execute("postgres", "alter role keeper password '" + password + "'");
        }
    }

    private static void connectAsKeeper(RealServer on, RealServer to, String suffix)
            throws Exception {
        on.execute(
                servers.database(),
                "alter subscription pointsman_%1$s_1%2$s owner to keeper; alter subscription pointsman_%1$s_1%2$s connection 'host=%3$s port=%4$d dbname=%1$s user=keeper password=one'"
                        .formatted(servers.database(), suffix, to.peerHost(), to.peerPort()));
    }

    private static String read(RealServer on) throws Exception {
        return on.value(
                servers.database(),
                "select string_agg(subconninfo, ';') from pg_subscription where subname like"
                        + " 'pointsman_%'");
    }

    @Test
    void theSubscriptionsOfBothDirectionsGetTheNewOne() throws Exception {
        for (var server : servers.all()) {
            server.execute("postgres", "create role keeper superuser replication login");
        }
        password("one");
        CrossingLab.lay(servers);
        connectAsKeeper(servers.target(), servers.source(), "");
        connectAsKeeper(servers.source(), servers.target(), "_back");
        try (var proxy = Proxy.start(config("one"), "test", _ -> {})) {
            var migrations = proxy.migrations();
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .until(
                            () ->
                                    migrations.status(servers.database()).state()
                                            == MigrationState.READY);

            // when
            password("two");
            proxy.reconfigure(config("two"));
            servers.source()
                    .execute(
                            "postgres",
                            "select pg_terminate_backend(pid) from pg_stat_replication");
            migrations.advance();

            // then
            assertThat(read(servers.target())).contains("password='two'");
            assertThat(read(servers.source())).contains("password='two'");
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .until(
                            () ->
                                    migrations.status(servers.database()).state()
                                            == MigrationState.READY);
        }
    }
}
