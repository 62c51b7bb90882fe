package dev.pointsman.cli.reach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pointsman.cli.cutover.Console;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.Proxy;
import dev.pointsman.core.Reloading;
import dev.pointsman.core.config.file.ConfigText;
import dev.pointsman.core.gate.Closer;
import dev.pointsman.core.wire.Refused;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/// Databases that no file names, on the one server that the wildcard leads to.
@Tag("real")
class WildcardTest {
    private static final Duration LONG = Duration.ofMinutes(4);
    private static final String RECORD =
            """
            create schema pointsman;
            create table pointsman.record (epoch int8 primary key, version int4, attempt int8,
                databases text[], server text, kind text, source_lsn pg_lsn, target_lsn pg_lsn,
                fence text not null default '', instance text);
            insert into pointsman.record values (7, 1, 3, '{%s}', 'green', 'decided', '0/1',
                '0/2', '', 'another');
            """;

    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @TempDir private Path folder;
    private final List<String> made = new ArrayList<>();
    private Path file;
    private String text;
    private String name;
    private Proxy proxy;
    private Reloading reloading;

    @BeforeEach
    void start() throws Exception {
        name = servers.database();
        text =
                """
                listen: {host: 127.0.0.1, port: 0}
                admin: {host: 127.0.0.1, port: 0, users: {operator: "secret"}}
                users: {postgres: {password: p}}
                state: ./state
                databases:
                  "*":
                    pool: {size: 5}
                    control: {user: postgres}
                    servers:
                      main: {host: "%s", port: %d, sslmode: disable}
                limits: {query_wait_timeout: 20s}
                """
                        .formatted(servers.source().host(), servers.source().port());
        file = Files.writeString(folder.resolve("pointsman.yaml"), text);
        var read = ConfigText.of(file);
        proxy = Proxy.start(read.read(), "test");
        reloading = new Reloading(proxy, file, read, _ -> {});
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        for (var database : made) {
            servers.source().execute("postgres", "drop database " + database);
        }
    }

    @Test
    void aNameThatNoFileHasLeadsToTheDatabaseOfThatName() throws Exception {
        try (var client = connect(name)) {
            assertThat(database(client)).isEqualTo(name);
            assertThat(proxy.config().unnamed()).containsExactly(name);
            assertThat(proxy.routes().current(name).server()).isEqualTo("main");
            assertThat(proxy.meter().scrape())
                    .containsPattern("route_serving\\{database=\"%s\".* 1".formatted(name));
        }
    }

    @Test
    void aNameThatTheServerDoesNotHaveLeavesNothingBehind() throws Exception {
        // given
        var shut = another("shut");
        servers.source().execute("postgres", "alter database " + shut + " allow_connections false");

        // when
        var nowhere = refused(() -> connect("nowhere"));
        var closed = refused(() -> connect(shut));

        // then
        assertThat(nowhere.getSQLState()).isEqualTo("3D000");
        assertThat(nowhere.getMessage()).contains("database \"nowhere\" does not exist");
        assertThat(closed.getSQLState()).isEqualTo("55000");
        assertThat(closed.getMessage()).contains("not currently accepting connections");
        assertThat(refused(() -> connect("pgbouncer")).getSQLState()).isEqualTo("3D000");
        assertThat(proxy.config().databases()).isEmpty();
        assertThat(proxy.clusters().databases()).isEmpty();
        assertThat(proxy.meter().scrape()).doesNotContain("nowhere").doesNotContain(shut);
        servers.source().execute("postgres", "alter database " + shut + " allow_connections true");
        try (var client = connect(shut)) {
            assertThat(database(client)).isEqualTo(shut);
        }
    }

    @Test
    void manyAtOnceOpenTheDatabaseOnce() throws Exception {
        // given
        var begin = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var logins =
                    IntStream.range(0, 4)
                            .mapToObj(
                                    _ ->
                                            threads.submit(
                                                    () -> {
                                                        begin.await();
                                                        try (var client = connect(name)) {
                                                            return database(client);
                                                        }
                                                    }))
                            .toList();

            // when
            begin.countDown();

            // then
            for (var login : logins) {
                assertThat(login.get()).isEqualTo(name);
            }
            assertThat(proxy.config().databases()).containsOnlyKeys(name);
        }
    }

    @Test
    void noMoreAreOpenedThanTheBoundSays() throws Exception {
        // given
        var other = another("more");
        reloading.set("max_wildcard_databases", "1");
        connect(name).close();

        // when
        var refused = refused(() -> connect(other));

        // then
        assertThat(refused.getSQLState()).isEqualTo("53300");
        assertThat(refused.getMessage()).contains("max_wildcard_databases is 1");
        assertThat(proxy.config().databases()).containsOnlyKeys(name);
        connect(name).close();

        // when
        reloading.set("max_wildcard_databases", "2");

        // then
        try (var client = connect(other)) {
            assertThat(database(client)).isEqualTo(other);
        }
    }

    /// Until it has a name in the file, nothing can move it; then everything can be known of it.
    @Test
    void aDatabaseMovesOnceItIsNamed() throws Exception {
        // given
        try (var client = connect(name);
                var console = Console.before(proxy, reloading)) {
            for (var command : List.of("CHECK %s TO x", "MIGRATE %s TO x", "CUTOVER %s TO x")) {
                assertThat(console.say(command.formatted(name)))
                        .startsWith("55000")
                        .contains("comes from the wildcard");
            }
            assertThat(console.column("SHOW DATABASES", "name")).containsExactly(name);

            // when
            Files.writeString(
                    file,
                    text.replace(
                            "databases:\n",
                            """
                            databases:
                              %s:
                                pool: {size: 5}
                                serve: main
                                control: {user: postgres}
                                servers:
                                  main: {host: "%s", port: %d, sslmode: disable}
                                  green: {host: "%s", port: %d, sslmode: disable}
                            """
                                    .formatted(
                                            name,
                                            servers.source().host(),
                                            servers.source().port(),
                                            servers.target().host(),
                                            servers.target().port())));
            reloading.reload();

            // then
            assertThat(proxy.config().unnamed()).isEmpty();
            assertThat(database(client)).isEqualTo(name);
            assertThat(console.say("CHECK %s TO green".formatted(name))).isEqualTo("ok");
        }
    }

    @Test
    void aReloadKeepsWhatIsOpenAndTheWildcardWithIt() throws Exception {
        try (var client = connect(name)) {
            // when
            Files.writeString(file, text.replace("size: 5", "size: 6"));
            reloading.reload();

            // then
            assertThat(proxy.config().database(name).pool().size()).isEqualTo(6);
            assertThat(database(client)).isEqualTo(name);

            // when
            Files.writeString(file, text.replace("\"*\":", "shop:"));
            var refused = catchThrowableOfType(Refused.class, reloading::reload);

            // then
            assertThat(refused.getMessage()).contains("databases.* cannot be removed");
            assertThat(database(client)).isEqualTo(name);
        }
    }

    @Test
    void clientsOfADatabaseThatWasLeftAreHeldAndToldWhy() throws Exception {
        // given: a record on the server says that another one serves
        servers.source().execute(name, RECORD.formatted(name));
        reloading.set("query_wait_timeout", "1");

        // when
        var refused = refused(() -> connect(name));

        // then
        assertThat(refused.getSQLState()).isEqualTo("57P03");
        assertThat(refused.getMessage()).contains("not known which server serves it");
        assertThat(proxy.gates().of(name).closers()).containsExactly(new Closer.Undecided(name));
        assertThat(proxy.cutovers().why(name).toString()).contains("green");
    }

    @Test
    void aDatabaseThatWasMovedUnderAnotherNameIsRefused() throws Exception {
        // given
        servers.source().execute(name, RECORD.formatted("shop"));

        // when
        var refused = refused(() -> connect(name));

        // then
        assertThat(refused.getSQLState()).isEqualTo("55000");
        assertThat(refused.getMessage()).contains("records of cutovers of database \"shop\"");
        assertThat(proxy.config().databases()).isEmpty();
    }

    @Test
    void whatANamedDatabaseIsOnThatServerIsNotOpenedBesideIt() throws Exception {
        // given
        Files.writeString(
                file,
                text.replace(
                        "databases:\n",
                        """
                        databases:
                          shop:
                            control: {user: postgres}
                            servers: {main: {host: "%s", port: %d, dbname: %s, sslmode: disable}}
                        """
                                .formatted(
                                        servers.source().host(), servers.source().port(), name)));
        reloading.reload();

        // when
        var refused = refused(() -> connect(name));

        // then
        assertThat(refused.getSQLState()).isEqualTo("55000");
        assertThat(refused.getMessage()).contains("is known to the proxy as \"shop\"");
        try (var client = connect("shop")) {
            assertThat(database(client)).isEqualTo(name);
        }
    }

    /// Nothing of ours stays connected to a database that nobody uses.
    @Test
    void whoseDatabaseItIsCanDropItOnceItsClientsHaveLeft() throws Exception {
        // given
        var brief = another("brief");
        connect(brief).close();
        reloading.set("server_idle_timeout", "1");

        // then: the control connections go after a minute
        Awaitility.await()
                .atMost(LONG)
                .until(
                        () ->
                                servers.source()
                                        .value(
                                                "postgres",
                                                "select count(*) from pg_stat_activity where"
                                                        + " datname = '"
                                                        + brief
                                                        + "'")
                                        .equals("0"));
        servers.source().execute("postgres", "drop database " + brief);
        made.remove(brief);
        assertThat(refused(() -> connect(brief)).getSQLState()).isEqualTo("3D000");
    }

    private String another(String suffix) throws SQLException {
        var other = name + "_" + suffix;
        servers.source().execute("postgres", "create database " + other);
        made.add(other);
        return other;
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:%d/%s".formatted(proxy.port(), database),
                "postgres",
                "p");
    }

    private static String database(Connection client) throws SQLException {
        try (var statement = client.createStatement();
                var rows = statement.executeQuery("select current_database()")) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static SQLException refused(Callable<Connection> login) throws Exception {
        try (var _ = login.call()) {
            return new SQLException("let in", "00000");
        } catch (SQLException e) {
            return e;
        }
    }
}
