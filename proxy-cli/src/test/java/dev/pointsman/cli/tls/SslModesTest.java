package dev.pointsman.cli.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.demo.EmbeddedSettings;
import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.config.file.ConfigFile;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.server.login.Dial;
import dev.pointsman.core.server.login.ServerLogin;
import dev.pointsman.core.server.login.ServerRefused;
import dev.pointsman.core.tls.TlsToServer;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/// Every sslmode against servers that want encryption, refuse it, or have none: for client traffic
/// and for control connections alike.
@Tag("real")
class SslModesTest {
    private static final Papers PAPERS = Papers.make();

    @RegisterExtension
    static final RealServers servers =
            RealServers.own(PAPERS.encrypting(rules(16)), PAPERS.encrypting(rules(18)), rules(17));

    private static final MultiThreadIoEventLoopGroup LOOPS =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private static final EventLoop LOOP = LOOPS.next();

    private static final String ROLES =
            """
            do $$ declare one text; begin
              foreach one in array array['encrypted', 'plain', 'carded', 'anybody'] loop
                if not exists (select from pg_roles where rolname = one) then
                  execute format('create role %I login password ''secret''', one);
                end if;
              end loop;
            end $$\
            """;

    private static EmbeddedSettings rules(int major) {
        var settings = EmbeddedSettings.of(major);
        return new EmbeddedSettings(
                major,
                settings.parameters(),
                List.of(
                        "host all postgres 127.0.0.1/32 trust",
                        "hostssl all encrypted 127.0.0.1/32 scram-sha-256",
                        "hostnossl all plain 127.0.0.1/32 scram-sha-256",
                        "hostssl all carded 127.0.0.1/32 cert",
                        "host all anybody 127.0.0.1/32 scram-sha-256"));
    }

    @BeforeEach
    void roles() throws SQLException {
        servers.source().execute("postgres", ROLES);
        servers.target().execute("postgres", ROLES);
        servers.all().get(2).execute("postgres", ROLES);
    }

    @AfterAll
    static void stopLoops() {
        LOOPS.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @ParameterizedTest(name = "{0}: {1} at {2} with {3}: {4}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    server | user      | host      | tls                                                 | outcome
                    both   | encrypted | 127.0.0.1 | sslmode: disable                                    | no pg_hba.conf entry
                    both   | encrypted | 127.0.0.1 | sslmode: allow                                      | encrypted
                    both   | encrypted | 127.0.0.1 | sslmode: prefer                                     | encrypted
                    both   | encrypted | 127.0.0.1 | sslmode: require                                    | encrypted
                    both   | encrypted | localhost | sslmode: verify-ca, sslrootcert: ca.pem             | encrypted
                    both   | encrypted | 127.0.0.1 | sslmode: verify-full, sslrootcert: ca.pem           | encrypted
                    both   | encrypted | localhost | sslmode: verify-full, sslrootcert: ca.pem           | is not for localhost, but for db.test, 127.0.0.1
                    both   | encrypted | 127.0.0.1 | sslmode: verify-full, sslrootcert: other-ca.pem     | CN=the authority, which is not trusted
                    both   | encrypted | 127.0.0.1 | sslmode: verify-ca, sslrootcert: other-ca.pem       | which is not trusted
                    both   | encrypted | 127.0.0.1 | sslmode: require, sslrootcert: other-ca.pem         | which is not trusted
                    both   | encrypted | 127.0.0.1 | sslmode: prefer, sslrootcert: other-ca.pem          | which is not trusted
                    both   | encrypted | 127.0.0.1 | sslrootcert: system                                 | which is not trusted
                    both   | encrypted | 127.0.0.1 | sslmode: require, channel_binding: require          | encrypted
                    both   | encrypted | 127.0.0.1 | sslmode: require, channel_binding: disable          | encrypted
                    both   | plain     | 127.0.0.1 | sslmode: disable                                    | plain
                    both   | plain     | 127.0.0.1 | sslmode: allow                                      | plain
                    both   | plain     | 127.0.0.1 | sslmode: prefer                                     | plain
                    both   | plain     | 127.0.0.1 | sslmode: require                                    | no pg_hba.conf entry
                    both   | anybody   | 127.0.0.1 | sslmode: prefer                                     | encrypted
                    both   | anybody   | 127.0.0.1 | sslmode: allow                                      | plain
                    both   | anybody   | 127.0.0.1 | sslmode: prefer, sslrootcert: other-ca.pem          | plain
                    both   | carded    | 127.0.0.1 | sslmode: require, sslcert: carded.pem, sslkey: carded.key | encrypted
                    both   | carded    | 127.0.0.1 | sslmode: require                                    | valid client certificate
                    both   | carded    | 127.0.0.1 | sslmode: require, sslcert: forged.pem, sslkey: forged.key | did not accept our certificate
                    18     | encrypted | 127.0.0.1 | sslmode: require, sslnegotiation: direct            | encrypted
                    16     | encrypted | 127.0.0.1 | sslmode: require, sslnegotiation: direct            | does not take TLS at once
                    17     | anybody   | 127.0.0.1 | sslmode: disable                                    | plain
                    17     | anybody   | 127.0.0.1 | sslmode: allow                                      | plain
                    17     | anybody   | 127.0.0.1 | sslmode: prefer                                     | plain
                    17     | anybody   | 127.0.0.1 | sslmode: require                                    | TLS
                    """,
            useHeadersInDisplayName = true)
    void aServerIsReachedAsTheSettingsSay(
            String server, String user, String host, String tls, String outcome) throws Exception {
        for (var real : servers.all()) {
            if (server.equals("both")
                    ? real.major() != 17
                    : real.major() == Integer.parseInt(server)) {
                var settings = settings(real, user, host, tls);
                assertThat(traffic(settings, user))
                        .as("traffic to " + real.major())
                        .contains(outcome);
                assertThat(control(settings, outcome)).as("control of " + real.major()).isTrue();
            }
        }
    }

    @Test
    void aLoginThatIsNotTiedIsRefusedWhereItHasToBe() throws Exception {
        var carded =
                "sslmode: require, channel_binding: require, sslcert: carded.pem, sslkey:"
                        + " carded.key";
        assertThat(traffic(settings(servers.target(), "carded", "127.0.0.1", carded), "carded"))
                .contains("cannot be tied to the TLS connection");
        var prefer = "sslmode: prefer, channel_binding: require";
        assertThat(traffic(settings(servers.target(), "plain", "127.0.0.1", prefer), "plain"))
                .contains("cannot be tied to the TLS connection: it is not encrypted");
    }

    @Test
    void aStatementIsCancelledOverTls() throws Exception {
        // given
        var settings = settings(servers.target(), "encrypted", "127.0.0.1", "sslmode: require");
        var connection = connect(settings, "encrypted");
        var answer = LOOP.submit(() -> connection.ask("select pg_sleep(60)")).get();

        // when
        LOOP.submit(connection::cancel).get().get();

        // then
        assertThat(answer.get().firstError().orElseThrow().sqlState()).isEqualTo("57014");
        LOOP.submit(connection::close).get();
    }

    private static Server settings(RealServer real, String user, String host, String tls)
            throws Exception {
        Config config =
                ConfigFile.parse(
                        """
                        version: 1
                        admin: {users: {operator: x}}
                        users: {%1$s: {password: secret}}
                        databases:
                          postgres:
                            control: {user: %1$s, password: secret}
                            servers: {blue: {host: %2$s, port: %3$d, %4$s}}
                        """
                                .formatted(user, host, real.port(), tls),
                        "test.yaml",
                        PAPERS.folder(),
                        Map.of());
        return config.database("postgres").server("blue");
    }

    private static ServerConnection connect(Server server, String user) throws Exception {
        return ServerConnection.connect(
                        new ServerLogin(server, user, new Secret.Clear("secret"), Map.of()),
                        LOOP,
                        new Dial(
                                NioSocketChannel::new,
                                Duration.ofSeconds(20),
                                Duration.ofSeconds(20),
                                TlsToServer.of(server.tls())))
                .get();
    }

    /// `encrypted`, `plain`, or what clients are told.
    private static String traffic(Server server, String user) throws Exception {
        try {
            var connection = connect(server, user);
            var answer =
                    LOOP.submit(
                                    () ->
                                            connection.ask(
                                                    "select ssl from pg_stat_ssl where pid ="
                                                            + " pg_backend_pid()"))
                            .get()
                            .get();
            LOOP.submit(connection::close).get();
            return "t".equals(answer.rows().getFirst().getFirst()) ? "encrypted" : "plain";
        } catch (ExecutionException e) {
            var report = ServerRefused.of(Objects.requireNonNull(e.getCause())).report();
            assertThat(report.hint()).isNotEmpty();
            return report.message();
        }
    }

    /// Whether a control connection comes to the same.
    private static boolean control(Server server, String outcome) throws Exception {
        var database =
                ConfigFile.parse(
                                """
                                version: 1
                                admin: {users: {operator: x}}
                                users: {x: {password: secret}}
                                databases: {postgres: {control: {user: x}, servers: {blue: {host: a}}}}
                                """,
                                "test.yaml",
                                PAPERS.folder(),
                                Map.of())
                        .database("postgres");
        try (var cluster = new Cluster("test", database, server);
                var connection = cluster.dedicated()) {
            boolean encrypted =
                    Sql.is(connection, "select ssl from pg_stat_ssl where pid = pg_backend_pid()");
            return outcome.equals(encrypted ? "encrypted" : "plain");
        } catch (SQLException e) {
            try (var cluster = new Cluster("test", database, server)) {
                var report = cluster.refusal(e).report();
                assertThat(report.message() + " " + report.hint())
                        .containsAnyOf(
                                outcome,
                                "SSL",
                                "terminated",
                                "closed",
                                "not accept our certificate");
                assertThat(report.hint()).isNotEmpty();
                return true;
            }
        }
    }
}
