package dev.pointsman.cli.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.demo.EmbeddedSettings;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.Proxy;
import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.file.ConfigFile;
import dev.pointsman.core.cutover.CutoverOrder;
import dev.pointsman.core.cutover.Destination;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.report.Report;
import dev.pointsman.core.cutover.report.Requester;
import dev.pointsman.core.migration.Check;
import dev.pointsman.core.migration.MigrationState;
import dev.pointsman.core.migration.ReverseState;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/// A managed server as the guest: nobody gets in without TLS, the control role is no superuser, and
/// every connection is verified: of clients' traffic, of the control path, and between the servers.
@Tag("real")
class HostsslOnlyTest {
    private static final Papers PAPERS = Papers.make();

    @RegisterExtension
    static final RealServers servers =
            RealServers.own(PAPERS.encrypting(rules(16)), PAPERS.encrypting(rules(18)));

    private static final String ROLES =
            """
            do $$ declare one text; begin
              foreach one in array array['pm', 'owner_of_all', 'clerk'] loop
                if not exists (select from pg_roles where rolname = one) then
                  execute format('create role %I login password ''secret''', one);
                end if;
              end loop;
            end $$;
            create table entry (id bigserial primary key, note text);
            alter table entry owner to owner_of_all;
            grant all on entry, entry_id_seq to clerk;
            """;

    private static final String OVER_TLS =
            "select bool_and(ssl)::text from pg_stat_ssl join pg_stat_activity using (pid)"
                    + " where usename in ('pm', 'clerk')";

    @TempDir Path state;
    private Proxy proxy;
    private String database;

    private static EmbeddedSettings rules(int major) {
        return new EmbeddedSettings(
                major,
                EmbeddedSettings.of(major).parameters(),
                List.of(
                        "host all postgres 127.0.0.1/32 trust",
                        "hostssl all all 127.0.0.1/32 scram-sha-256"));
    }

    @BeforeEach
    void start() throws Exception {
        database = servers.database();
        for (var server : servers.all()) {
            server.execute(database, ROLES);
            server.execute(database, "alter database " + database + " owner to owner_of_all");
        }
        for (var name : List.of("ca.pem", "carded.pem", "carded.key")) {
            Files.copy(PAPERS.file(name), state.resolve(name));
        }
        proxy = Proxy.start(config(), "test");
    }

    @AfterEach
    void stop() throws SQLException {
        proxy.close();
        CrossingLab.liftFences(servers);
    }

    @Test
    void aMigrationAndCutoversThereAndBackLoseNothing() throws Exception {
        // given
        grant();
        assertThat(proxy.migrations().check(database, "green"))
                .filteredOn(
                        check ->
                                check.verdict() == Check.Verdict.FAIL
                                        || check.verdict() == Check.Verdict.UNKNOWN)
                .isEmpty();
        proxy.migrations().start(database, "green", Set.of());
        Awaitility.await("a migration that is ready")
                .atMost(Duration.ofMinutes(2))
                .until(() -> proxy.migrations().status(database).state() == MigrationState.READY);

        // when
        try (var client = connect()) {
            var writer = new Writer(client);
            writer.more();
            switched(new Destination.To("green"));
            writer.more();
            assertThat(servers.target().value("postgres", OVER_TLS)).isEqualTo("true");
            Awaitility.await("the way back")
                    .atMost(Duration.ofMinutes(2))
                    .until(
                            () ->
                                    proxy.migrations().status(database).reverse()
                                            == ReverseState.READY);
            switched(new Destination.Back(false));
            writer.more();
            int acknowledged = writer.stop();

            // then
            assertThat(servers.source().value(database, "select count(*) from entry"))
                    .isEqualTo(Integer.toString(acknowledged));
            assertThat(servers.source().value("postgres", OVER_TLS)).isEqualTo("true");
        }
    }

    @Test
    void otherCertificatesCountAfterAReloadAndNobodyIsDropped() throws Exception {
        try (var client = connect()) {
            insert(client);
            long before = expiry();
            assertThat(before).isPositive();

            // when: what is shown changes, and the authority is one that signed nothing here
            Files.copy(
                    PAPERS.file("other-ca.pem"),
                    state.resolve("ca.pem"),
                    StandardCopyOption.REPLACE_EXISTING);
            var changed = proxy.reconfigure(config());

            // then
            assertThat(changed).contains("databases." + database + ".servers.blue.sslrootcert");
            insert(client);
            assertThat(refusal()).isNotEmpty();

            // when
            Files.copy(
                    PAPERS.file("ca.pem"),
                    state.resolve("ca.pem"),
                    StandardCopyOption.REPLACE_EXISTING);
            proxy.reconfigure(config());

            // then
            insert(client);
            try (var another = connect()) {
                insert(another);
            }
        }
    }

    private String refusal() {
        try (var another = connect()) {
            insert(another);
            return "";
        } catch (SQLException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private long expiry() {
        return proxy.meter()
                .scrape()
                .lines()
                .filter(
                        line ->
                                line.startsWith(
                                                "pointsman_tls_certificate_expiry_timestamp_seconds")
                                        && line.contains("carded.pem"))
                .count();
    }

    private void grant() throws SQLException {
        var target = false;
        for (var granted : proxy.migrations().grants(database)) {
            var line = granted.sql();
            if (line.startsWith("-- server ")) {
                target = line.startsWith("-- server green");
            }
            if (!line.startsWith("--")) {
                (target ? servers.target() : servers.source()).execute(database, line);
            }
        }
    }

    private void switched(Destination to) throws Exception {
        Report report =
                proxy.cutovers()
                        .run(
                                new CutoverOrder(
                                        List.of(database),
                                        to,
                                        false,
                                        Duration.ZERO,
                                        Set.of(),
                                        new Requester("tester", "127.0.0.1")),
                                _ -> {});
        assertThat(report.ending().outcome())
                .as(report.ending().message())
                .isEqualTo(Outcome.SWITCHED);
    }

    private Config config() throws Exception {
        return ConfigFile.parse(
                """
                version: 1
                listen: {host: 127.0.0.1, port: 0}
                admin: {host: 127.0.0.1, port: 0, users: {operator: "secret"}}
                state: %1$s
                users: {clerk: {password: secret}}
                limits: {query_wait_timeout: 3s}
                databases:
                  %2$s:
                    pool: {mode: session, size: 20}
                    serve: blue
                    control: {user: pm, password: secret, maintenance_db: postgres}
                    servers:
                      blue: {host: 127.0.0.1, port: %3$d, sslmode: verify-full, sslrootcert: ca.pem,
                             sslcert: carded.pem, sslkey: carded.key, channel_binding: require,
                             peer: {sslmode: verify-full, sslrootcert: %5$s, channel_binding: require}}
                      green: {host: 127.0.0.1, port: %4$d, sslmode: verify-full, sslrootcert: ca.pem,
                              channel_binding: require, sslnegotiation: direct,
                              peer: {sslmode: verify-full, sslrootcert: %5$s, channel_binding: require}}
                """
                        .formatted(
                                state,
                                database,
                                servers.source().port(),
                                servers.target().port(),
                                PAPERS.file("ca.pem")),
                "test.yaml",
                state,
                Map.of());
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:"
                        + proxy.port()
                        + "/"
                        + database
                        + "?loginTimeout=20&prepareThreshold=0",
                "clerk",
                "secret");
    }

    private static void insert(Connection client) throws SQLException {
        try (var statement = client.createStatement()) {
            statement.execute("insert into entry (note) values ('x')");
        }
    }

    /// A client that writes all the while, and counts what was acknowledged.
    private static final class Writer {
        private final AtomicInteger acknowledged = new AtomicInteger();
        private final CompletableFuture<Void> stopped = new CompletableFuture<>();
        private final CompletableFuture<Void> ended;

        Writer(Connection client) {
            ended =
                    CompletableFuture.runAsync(
                            () -> {
                                try {
                                    while (!stopped.isDone()) {
                                        insert(client);
                                        acknowledged.incrementAndGet();
                                    }
                                } catch (SQLException e) {
                                    throw new IllegalStateException(e);
                                }
                            },
                            task -> Thread.ofVirtual().start(task));
        }

        void more() {
            int now = acknowledged.get();
            Awaitility.await("the client to go on")
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> ended.isDone() || acknowledged.get() > now + 20);
            assertThat(ended).isNotDone();
        }

        int stop() {
            stopped.complete(null);
            ended.join();
            return acknowledged.get();
        }
    }
}
