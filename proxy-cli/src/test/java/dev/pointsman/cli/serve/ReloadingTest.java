package dev.pointsman.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.Proxy;
import dev.pointsman.core.Reloading;
import dev.pointsman.core.config.file.ConfigText;
import dev.pointsman.core.gate.Closer;
import dev.pointsman.core.migration.MigrationState;
import dev.pointsman.core.wire.ErrorCode;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

@Tag("real")
class ReloadingTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @TempDir private Path folder;
    private Path file;
    private String text;
    private Proxy proxy;
    private Reloading reloading;

    @BeforeEach
    void start() throws Exception {
        for (var user : List.of("clerk", "newcomer")) {
            servers.source()
                    .execute(
                            servers.database(),
                            "do $$ begin if not exists (select from pg_roles where rolname = '"
                                    + user
                                    + "') then create role "
                                    + user
                                    + " login; end if; end $$");
        }
        text =
                """
                listen: {host: 127.0.0.1, port: 0}
                admin: {host: 127.0.0.1, port: 0, users: {operator: "secret"}}
                users:
                  clerk: {password: old}
                databases:
                  shop:
                    pool: {mode: session, size: 5}
                    serve: blue
                    control: {user: postgres}
                    servers:
                      blue: {host: "%s", port: %d, dbname: %s, sslmode: disable}
                limits: {query_wait_timeout: 20s}
                """
                        .formatted(
                                servers.source().host(),
                                servers.source().port(),
                                servers.database());
        file = Files.writeString(folder.resolve("pointsman.yaml"), text);
        var read = ConfigText.of(file);
        proxy = Proxy.start(read.read(), "test");
        reloading = new Reloading(proxy, file, read, _ -> {});
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    @Test
    void aChangedPasswordAndANewUserCountWhileClientsGoOn() throws Exception {
        try (var connected = connect("clerk", "old")) {
            // when
            write(
                    text.replace("old", "new")
                            .replace("users:\n", "users:\n  newcomer: {password: n}\n"));
            var changed = reloading.reload();

            // then
            assertThat(changed).contains("users.clerk.password", "users.newcomer.password");
            assertThat(changed.toString()).doesNotContain("new,");
            assertThat(refused(() -> connect("clerk", "old"))).isEqualTo("28P01");
            connect("clerk", "new").close();
            connect("newcomer", "n").close();
            assertThat(one(connected)).isEqualTo(1);
        }
    }

    @Test
    void aBrokenFileChangesNothingAndEveryProblemIsTold() throws Exception {
        // given
        write(text.replace("old", "new").replace("size: 5", "size: many") + "colour: red\n");

        // when
        var refused = catchThrowableOfType(Refused.class, reloading::reload);

        // then
        assertThat(refused.report().sqlState()).isEqualTo(SqlState.CONFIG_FILE_ERROR);
        assertThat(refused.report().detail())
                .contains("size")
                .contains("colour")
                .contains("line 7");
        assertThat(proxy.meter().scrape()).contains("pointsman_config_last_reload_successful 0");
        connect("clerk", "old").close();
    }

    @Test
    void whatNeedsARestartRefusesTheWhole() throws Exception {
        // given: two things that need one, and one that does not
        write(
                text.replace("listen: {host: 127.0.0.1, port: 0}", "listen: {port: 7}")
                        .replace("mode: session", "mode: transaction")
                        .replace("old", "new"));

        // when
        var refused = catchThrowableOfType(Refused.class, reloading::reload);

        // then
        assertThat(refused.report().sqlState()).isEqualTo(SqlState.CANT_CHANGE_RUNTIME_PARAM);
        assertThat(refused.report().message())
                .contains("listen.port")
                .contains("databases.shop.pool.mode");
        connect("clerk", "old").close();

        // when: the file is as it was
        write(text);

        // then
        assertThat(reloading.reload()).isEmpty();
        assertThat(proxy.meter().scrape()).contains("pointsman_config_last_reload_successful 1");
    }

    @Test
    void whatWasSetCountsUntilTheNextReload() throws Exception {
        // when
        reloading.set("query_wait_timeout", "7");
        reloading.set("databases.shop.pool.size", "9");

        // then
        assertThat(proxy.config().database("shop").limits().queryWaitTimeout())
                .isEqualTo(Duration.ofSeconds(7));
        assertThat(proxy.config().database("shop").pool().size()).isEqualTo(9);

        // when
        reloading.reload();

        // then
        assertThat(proxy.config().limits().queryWaitTimeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(proxy.config().database("shop").pool().size()).isEqualTo(5);
    }

    @Test
    void whatCannotBeSetIsSaid() {
        assertThat(notSet("max_client_con", "5")).isEqualTo(SqlState.UNDEFINED_OBJECT);
        assertThat(notSet("max_client_conn", "0")).isEqualTo(SqlState.INVALID_PARAMETER_VALUE);
        assertThat(notSet("log.level", "loud")).isEqualTo(SqlState.INVALID_PARAMETER_VALUE);
        assertThat(notSet("listen.port", "5")).isEqualTo(SqlState.CANT_CHANGE_RUNTIME_PARAM);
        assertThat(notSet("users.clerk.password", "x"))
                .isEqualTo(SqlState.CANT_CHANGE_RUNTIME_PARAM);
        assertThat(proxy.config().limits().maxClientConn()).isEqualTo(10_000);
    }

    @Test
    void aServerThatIsAddedCanBeMovedTo() throws Exception {
        // when
        write(
                text.replace(
                        "limits:",
                        "      green: {host: \"%s\", port: %d, dbname: %s, sslmode: disable}%nlimits:"
                                .formatted(
                                        servers.target().host(),
                                        servers.target().port(),
                                        servers.database())));
        reloading.reload();

        // then
        assertThat(proxy.migrations().check("shop", "green"))
                .anySatisfy(
                        check -> {
                            assertThat(check.server()).isEqualTo("green");
                            assertThat(check.finding()).contains("PostgreSQL 18");
                        });
    }

    private String withStock(int port) {
        return text.replace(
                "limits:",
                """
                  stock:
                    pool: {mode: transaction, size: 2}
                    control: {user: postgres}
                    servers:
                      green: {host: "%s", port: %d, dbname: %s, sslmode: disable}
                limits:\
                """
                        .formatted(servers.target().host(), port, servers.database()));
    }

    @Test
    void aDatabaseThatIsAddedIsServedAndOneThatIsLeftOutIsRefused() throws Exception {
        try (var connected = connect("clerk", "old")) {
            // given
            servers.target()
                    .execute(
                            servers.database(),
                            "do $$ begin if not exists (select from pg_roles where rolname ="
                                    + " 'clerk') then create role clerk login; end if; end $$");
            assertThat(refused(() -> connect("stock", "clerk", "old"))).isEqualTo("3D000");

            // when
            write(withStock(servers.target().port()));
            var changed = reloading.reload();

            // then
            assertThat(changed).contains("databases.stock.servers.green.port");
            try (var newcomer = connect("stock", "clerk", "old")) {
                assertThat(one(newcomer)).isEqualTo(1);
            }
            assertThat(one(connected)).isEqualTo(1);
            assertThat(proxy.routes().current("stock").server()).isEqualTo("green");
            assertThat(proxy.migrations().status("stock").state()).isEqualTo(MigrationState.NONE);
            assertThat(proxy.cutovers().why("stock")).isNotEmpty();
            assertThat(proxy.meter().scrape())
                    .containsPattern("route_serving\\{database=\"stock\",server=\"green\".* 1");

            // when
            write(text);
            var refused = catchThrowableOfType(Refused.class, reloading::reload);

            // then
            assertThat(refused.report().sqlState()).isEqualTo(SqlState.CANT_CHANGE_RUNTIME_PARAM);
            assertThat(refused.report().message())
                    .contains("databases.stock cannot be removed while the proxy runs");
            connect("stock", "clerk", "old").close();
        }
    }

    @Test
    void aDatabaseThatIsAddedIsHeldUntilItIsCertainWhoServes() throws Exception {
        // given: nobody listens there
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }

        // when
        write(withStock(port) + "\nshutdown_timeout: 1s\n");
        reloading.reload();

        // then
        assertThat(proxy.gates().of("stock").closers())
                .containsExactly(new Closer.Undecided("stock"));
        connect("clerk", "old").close();
    }

    @Test
    void aDatabaseThatIsDisabledTakesNoNewClients() throws Exception {
        try (var connected = connect("clerk", "old")) {
            proxy.gates().of("shop").disable("operator");

            assertThat(refused(() -> connect("clerk", "old"))).isEqualTo("57P03");
            assertThat(one(connected)).isEqualTo(1);

            proxy.gates().of("shop").enable();
            connect("clerk", "old").close();
        }
    }

    private void write(String changed) throws Exception {
        assertThat(changed).isNotBlank();
        Files.writeString(file, changed);
    }

    private ErrorCode notSet(String key, String value) {
        return catchThrowableOfType(Refused.class, () -> reloading.set(key, value))
                .report()
                .sqlState();
    }

    private static String refused(Callable<Connection> login) throws Exception {
        try (var _ = login.call()) {
            return "let in";
        } catch (SQLException e) {
            return e.getSQLState();
        }
    }

    private Connection connect(String user, String password) throws SQLException {
        return connect("shop", user, password);
    }

    private Connection connect(String database, String user, String password) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + database, user, password);
    }

    private static int one(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("select 1")) {
            row.next();
            return row.getInt(1);
        }
    }
}
