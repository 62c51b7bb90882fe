package dev.pointsman.cli.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.pointsman.cli.cutover.Console;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.Proxy;
import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Database.PoolMode;
import dev.pointsman.core.config.file.ConfigFile;
import dev.pointsman.core.gate.Closer;
import dev.pointsman.core.gate.Hold;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;

import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// Sessions of a real driver on real servers of two majors.
@Tag("real")
class SessionTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void copyGoesBothWaysAndItsFailureLeavesTheSessionInOrder(String mode) throws Exception {
        try (Proxy proxy = proxy(mode);
                Connection client = connect(proxy)) {
            run(client, "create table t (a int primary key, b text)");
            var copies = client.unwrap(PGConnection.class).getCopyAPI();
            var rows = new StringBuilder();
            for (int i = 0; i < 50_000; i++) {
                rows.append(i).append("\tsome text\n");
            }

            copies.copyIn("copy t from stdin", new StringReader(rows.toString()));
            var out = new StringWriter();
            copies.copyOut("copy (select a, b from t order by a) to stdout", out);
            SQLException failed =
                    catchThrowableOfType(
                            SQLException.class,
                            () ->
                                    copies.copyIn(
                                            "copy t from stdin",
                                            new StringReader(rows.toString())));

            assertThat(out).hasToString(rows.toString());
            assertThat(failed.getSQLState()).isEqualTo("23505");
            assertThat(value(client, "select count(*) from t")).isEqualTo("50000");
        }
    }

    @Test
    void aClientIsListedWithBothEndsOfItsConnection() throws Exception {
        try (Proxy proxy = proxy("session");
                var console = Console.before(proxy);
                Connection client = connect(proxy)) {
            value(client, "select 1");

            assertThat(console.column("SHOW CLIENTS", "addr")).containsExactly("127.0.0.1");
            assertThat(console.column("SHOW CLIENTS", "port"))
                    .singleElement()
                    .matches(port -> Integer.parseInt(port) > 0)
                    .isNotEqualTo(String.valueOf(proxy.port()));
            assertThat(console.column("SHOW CLIENTS", "local_addr")).containsExactly("127.0.0.1");
            assertThat(console.column("SHOW CLIENTS", "local_port"))
                    .containsExactly(String.valueOf(proxy.port()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void aRunningStatementCanBeCancelled(String mode) throws Exception {
        try (Proxy proxy = proxy(mode);
                Connection client = connect(proxy);
                var statement = client.createStatement()) {
            var running =
                    CompletableFuture.supplyAsync(
                            () ->
                                    catchThrowableOfType(
                                            SQLException.class,
                                            () -> statement.execute("select pg_sleep(60)")));
            await().until(() -> inside(proxy) == 1);
            await().until(
                            () -> {
                                statement.cancel();
                                return running.isDone();
                            });

            assertThat(running.get().getSQLState()).isEqualTo("57014");
            assertThat(value(client, "select 1")).isEqualTo("1");
        }
    }

    @Test
    void settingsFollowTheClientFromTransactionToTransaction() throws Exception {
        try (Proxy proxy = proxy("transaction");
                Connection first = connect(proxy);
                Connection second = connect(proxy)) {
            run(first, "set time zone 'Asia/Tokyo'");
            run(second, "set application_name = 'second'");
            for (int i = 0; i < 5; i++) {
                assertThat(value(first, "show time zone")).isEqualTo("Asia/Tokyo");
                assertThat(value(second, "show time zone")).isNotEqualTo("Asia/Tokyo");
                assertThat(value(second, "show application_name")).isEqualTo("second");
            }
        }
    }

    @Test
    void aSessionIsCarriedFromOneMajorToTheOtherWithItsSettingsAndStatements() throws Exception {
        try (Proxy proxy = proxy("session");
                Connection client = connect(proxy);
                var prepared = client.prepareStatement("select ?::int + 1")) {
            // given: statements that the driver has prepared under names of its own
            prepared.unwrap(PGStatement.class).setPrepareThreshold(1);
            for (int i = 0; i < 3; i++) {
                prepared.setInt(1, i);
                prepared.executeQuery().close();
            }
            run(client, "prepare mine (int) as select $1 * 2; select 1");
            run(client, "set work_mem = '12MB'");
            run(client, "set app.user_id = '42'");
            run(client, "select set_config('app.tenant', 'a''b', false)");
            String before = value(client, "show server_version_num");

            // when
            swap(proxy, "green", 1);

            // then
            assertThat(before).startsWith("14");
            assertThat(value(client, "show server_version_num")).startsWith("18");
            prepared.setInt(1, 41);
            try (var rows = prepared.executeQuery()) {
                rows.next();
                assertThat(rows.getInt(1)).isEqualTo(42);
            }
            assertThat(value(client, "execute mine (21)")).isEqualTo("42");
            assertThat(value(client, "show work_mem")).isEqualTo("12MB");
            assertThat(value(client, "show app.user_id")).isEqualTo("42");
            assertThat(value(client, "show app.tenant")).isEqualTo("a'b");

            // and back again
            swap(proxy, "blue", 2);
            assertThat(value(client, "execute mine (21)")).isEqualTo("42");
            assertThat(value(client, "show server_version_num")).startsWith("14");
        }
    }

    @Test
    void aSessionWithATemporaryTableIsEndedWithAClearMessage() throws Exception {
        try (Proxy proxy = proxy("session");
                Connection client = connect(proxy)) {
            run(client, "create temp table t (a int)");
            swap(proxy, "green", 1);

            SQLException ended =
                    catchThrowableOfType(
                            SQLException.class, () -> run(client, "insert into t values (1)"));

            assertThat(ended.getSQLState()).isEqualTo("57P01");
            assertThat((Throwable) ended).hasMessageContaining("temporary tables");
        }
    }

    @Test
    void listenersAndLockHoldersAreEndedBeforeTheGateOpens() throws Exception {
        try (Proxy proxy = proxy("session");
                Connection listener = connect(proxy);
                Connection holder = connect(proxy);
                Connection other = connect(proxy)) {
            run(listener, "listen news");
            run(holder, "select pg_advisory_lock(1)");
            int pid = Integer.parseInt(value(holder, "select pg_backend_pid()"));
            run(other, "select 1");

            int ended = proxy.sessions().endUncarriable(servers.database(), Set.of(pid)).get();

            assertThat(ended).isEqualTo(2);
            assertThat(other.isValid(5)).isTrue();
            assertThat(listener.isValid(5)).isFalse();
            assertThat(holder.isValid(5)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void aStragglerIsTakenBackAndCanRetryOnTheNewServer(String mode) throws Exception {
        try (Proxy proxy = proxy(mode);
                Connection client = connect(proxy)) {
            // given
            client.setAutoCommit(false);
            run(client, "select 1");
            Hold hold = close(proxy);
            assertThat(hold.inside()).hasSize(1);
            assertThat(hold.inside().getFirst().idleInTransaction()).isTrue();

            // when
            hold.inside().getFirst().cancel().get();
            assertThat(hold.awaitDrained(LONG)).isTrue();
            proxy.routes().swap(servers.database(), "green", 1);
            hold.open().get();

            // then
            SQLException first =
                    catchThrowableOfType(SQLException.class, () -> run(client, "select 2"));
            SQLException second =
                    catchThrowableOfType(SQLException.class, () -> run(client, "select 3"));
            assertThat(first.getSQLState()).isEqualTo("40001");
            assertThat(second.getSQLState()).isEqualTo("25P02");
            client.rollback();
            assertThat(value(client, "show server_version_num")).startsWith("18");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void aStragglersRunningStatementIsCancelledAndToldAsRetry(String mode) throws Exception {
        try (Proxy proxy = proxy(mode);
                Connection client = connect(proxy)) {
            client.setAutoCommit(false);
            run(client, "select 1");
            var running =
                    CompletableFuture.supplyAsync(
                            () ->
                                    catchThrowableOfType(
                                            SQLException.class,
                                            () -> run(client, "select pg_sleep(60)")));
            Hold hold = close(proxy);
            await().until(() -> !hold.inside().getFirst().idleInTransaction());

            hold.inside().getFirst().cancel().get();

            assertThat(hold.awaitDrained(LONG)).isTrue();
            assertThat(running.get().getSQLState()).isEqualTo("40001");
            hold.open().get();
            client.rollback();
            assertThat(value(client, "select 1")).isEqualTo("1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void aClientThatVanishesInItsStatementLeavesNothingBehind(String mode) throws Exception {
        try (Proxy proxy = proxy(mode)) {
            Connection client = connect(proxy);
            client.setAutoCommit(false);
            run(client, "create table gone (a int)");
            CompletableFuture.supplyAsync(
                    () ->
                            catchThrowableOfType(
                                    SQLException.class, () -> run(client, "select pg_sleep(1)")));
            Hold hold = close(proxy);
            await().until(() -> !hold.inside().getFirst().idleInTransaction());

            client.abort(Runnable::run);

            await().until(() -> proxy.sessions().count() == 0);
            assertThat(hold.inside()).hasSize(1);
            assertThat(hold.inside().getFirst().serverPid()).isPositive();
            assertThat(hold.awaitDrained(LONG)).isTrue();
            hold.open().get();
            try (Connection next = connect(proxy)) {
                assertThat(value(next, "select to_regclass('gone') is null")).isEqualTo("t");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void aStragglersOwnRollbackSucceedsAndItsCommitFails(String mode) throws Exception {
        try (Proxy proxy = proxy(mode);
                Connection client = connect(proxy)) {
            client.setAutoCommit(false);
            // the driver prepares both under names of its own
            run(client, "select 1");
            client.commit();
            run(client, "select 1");
            client.rollback();

            run(client, "select 1");
            takeBack(proxy);
            client.rollback();

            run(client, "select 1");
            takeBack(proxy);
            SQLException failed = catchThrowableOfType(SQLException.class, client::commit);
            assertThat(failed.getSQLState()).isEqualTo("40001");
            assertThat(value(client, "select 1")).isEqualTo("1");
        }
    }

    private static void takeBack(Proxy proxy) throws Exception {
        Hold hold = close(proxy);
        hold.inside().getFirst().cancel().get();
        assertThat(hold.awaitDrained(LONG)).isTrue();
        hold.open().get();
    }

    private static Hold close(Proxy proxy) throws InterruptedException {
        Hold hold = proxy.gates().of(servers.database()).close(new Closer.Pause("test"));
        assertThat(hold.awaitClosed(LONG)).isTrue();
        return hold;
    }

    private static void swap(Proxy proxy, String server, long epoch) throws Exception {
        Hold hold = close(proxy);
        assertThat(hold.awaitDrained(LONG)).isTrue();
        proxy.routes().swap(servers.database(), server, epoch);
        hold.open().get();
    }

    private static int inside(Proxy proxy) {
        return proxy.gates().of(servers.database()).counts().inside();
    }

    private static void run(Connection client, String sql) throws SQLException {
        try (var statement = client.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String value(Connection client, String sql) throws SQLException {
        return RunningProxy.value(client, sql);
    }

    private static Connection connect(Proxy proxy) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", "postgres");
        properties.setProperty("password", "secret");
        if (proxy.config().database(servers.database()).pool().mode() == PoolMode.TRANSACTION) {
            properties.setProperty("prepareThreshold", "0");
        }
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + servers.database(),
                properties);
    }

    private static Proxy proxy(String mode) throws Exception {
        var blue = servers.source();
        var green = servers.target();
        String text =
                """
                version: 1
                listen: {host: 127.0.0.1, port: 0}
                admin: {host: 127.0.0.1, port: 0, users: {operator: "secret"}}
                auth: {type: trust}
                users: {postgres: {password: "secret"}}
                databases:
                  %1$s:
                    pool: {mode: %2$s, size: 5}
                    serve: blue
                    control: {user: postgres, maintenance_db: postgres}
                    servers:
                      blue: {host: "%3$s", port: %4$d, dbname: %1$s, sslmode: disable}
                      green: {host: "%5$s", port: %6$d, dbname: %1$s, sslmode: disable}
                """
                        .formatted(
                                servers.database(),
                                mode,
                                blue.host(),
                                blue.port(),
                                green.host(),
                                green.port());
        Config config =
                ConfigFile.parse(
                        text, "test.yaml", Files.createTempDirectory("sessions"), Map.of());
        return Proxy.start(config, "test");
    }
}
