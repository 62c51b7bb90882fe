package dev.pointsman.cli.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pointsman.cli.cutover.Console;
import dev.pointsman.cli.driver.Missing;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.pool.Route;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/// PostgreSQL's own programs replicate through the proxy.
@Tag("real")
class ReplicationTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @TempDir Path folder;

    private static RunningProxy proxy() throws Exception {
        var proxy =
                RunningProxy.before(
                        servers.source(),
                        servers.database(),
                        "{mode: transaction, size: 2}",
                        "auth: {type: trust}");
        servers.source().execute("postgres", "alter role clerk replication");
        return proxy;
    }

    private Process start(RunningProxy proxy, String program, String... more) throws IOException {
        if (!Files.isExecutable(Path.of("/usr/bin", program))) {
            Missing.tool("there is no " + program);
        }
        var command = new ArrayList<String>();
        command.addAll(List.of("/usr/bin/" + program, "-h", "127.0.0.1", "-U", "clerk"));
        command.addAll(List.of("-p", String.valueOf(proxy.port()), "--no-password"));
        command.addAll(List.of(more));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(program + ".log").toFile())
                .start();
    }

    private String said(String program) throws IOException {
        return Files.readString(folder.resolve(program + ".log"));
    }

    @Test
    void aBaseBackupIsTaken() throws Exception {
        try (var proxy = proxy()) {
            var backup =
                    start(
                            proxy,
                            "pg_basebackup",
                            "-D",
                            folder.resolve("backup").toString(),
                            "-X",
                            "stream",
                            "-c",
                            "fast");

            assertThat(backup.waitFor(120, TimeUnit.SECONDS)).isTrue();

            assertThat(said("pg_basebackup")).doesNotContain("error");
            assertThat(backup.exitValue()).isZero();
            assertThat(folder.resolve("backup/PG_VERSION")).exists();
            await().until(() -> proxy.proxy().sessions().count() == 0);
        }
    }

    @Test
    void aLogicalStreamIsListedAndEndsWithAClearSentenceWhenAnotherServerServes() throws Exception {
        try (var proxy = proxy();
                var console = Console.before(proxy.proxy())) {
            var database = servers.database();
            servers.source().execute(database, "create table if not exists streamed (a int)");
            servers.source()
                    .execute(
                            database,
                            "select pg_create_logical_replication_slot('streamed',"
                                    + " 'test_decoding')");
            var stream =
                    start(
                            proxy,
                            "pg_recvlogical",
                            "-d",
                            database,
                            "-S",
                            "streamed",
                            "--start",
                            "--no-loop",
                            "-f",
                            folder.resolve("changes").toString());
            await().until(() -> proxy.proxy().sessions().count() == 1);
            servers.source().execute(database, "insert into streamed values (42)");
            await().untilAsserted(
                            () ->
                                    assertThat(folder.resolve("changes"))
                                            .content()
                                            .contains("a[integer]:42"));
            assertThat(console.column("SHOW CLIENTS", "replication")).containsExactly("logical");
            assertThat(console.column("SHOW SERVERS", "replication")).contains("logical");

            proxy.proxy()
                    .sessions()
                    .replications()
                    .onSwap(new Route(database, "green", 1, Instant.now()));

            assertThat(stream.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(said("pg_recvlogical")).contains("the database moved to server green");
            assertThat(proxy.proxy().sessions().count()).isZero();
            await().untilAsserted(
                            () ->
                                    servers.source()
                                            .execute(
                                                    database,
                                                    "select pg_drop_replication_slot('streamed')"));
        }
    }

    @Test
    void noSqlBeginsOnAReplicationConnectionWhileTheGateIsClosed() throws Exception {
        try (var proxy = proxy();
                var console = Console.before(proxy.proxy());
                var replicating = replicating(proxy);
                var statement = replicating.createStatement()) {
            statement.execute("begin read write");
            assertThat(console.say("PAUSE " + servers.database())).isEqualTo("ok");

            // when
            var answer =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return statement.execute("create table written (a int)");
                                } catch (SQLException e) {
                                    throw new CompletionException(e);
                                }
                            });

            // then
            var gate = proxy.proxy().gates().of(servers.database());
            await().until(() -> gate.counts().waiting() == 1);
            assertThat(answer).isNotDone();
            assertThat(console.say("RESUME " + servers.database())).isEqualTo("ok");
            assertThat(answer.get(120, TimeUnit.SECONDS)).isFalse();
            statement.execute("rollback");
        }
    }

    private static Connection replicating(RunningProxy proxy) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", "clerk");
        properties.setProperty("replication", "database");
        properties.setProperty("preferQueryMode", "simple");
        properties.setProperty("assumeMinServerVersion", "14");
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + servers.database(),
                properties);
    }
}
