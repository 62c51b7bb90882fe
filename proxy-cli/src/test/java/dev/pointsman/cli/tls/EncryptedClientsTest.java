package dev.pointsman.cli.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.real.RealServers;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.FutureTask;

/// Clients that people use, over TLS to the proxy and on over TLS to the server.
@Tag("real")
class EncryptedClientsTest {
    private static final Papers PAPERS = Papers.make();

    @RegisterExtension
    static final RealServers servers =
            RealServers.own(
                    PAPERS.encrypting(EncryptedLab.hostssl(16)),
                    PAPERS.encrypting(EncryptedLab.hostssl(18)));

    private static final String SLEEP = "select pg_sleep(600)";
    private static final String OVER_TLS =
            "select ssl from pg_stat_ssl where pid = pg_backend_pid()";

    @TempDir Path folder;

    private EncryptedLab lab(String mode, String... more) throws Exception {
        return EncryptedLab.start(servers, PAPERS, folder, mode, more);
    }

    private Tool.Said psql(String conninfo, String sql) throws Exception {
        return Tool.run(folder, "psql", "-X", "-A", "-t", "-d", conninfo, "-c", sql);
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void psqlVerifiesThePortAndTiesItsLoginToIt(String mode) throws Exception {
        try (var lab = lab(mode)) {
            // when
            var verified = lab.conninfo("sslmode=verify-full channel_binding=require");

            // then
            assertThat(psql(verified, OVER_TLS)).isEqualTo(new Tool.Said(0, "t\n"));
            assertThat(psql(verified, "\\conninfo").text())
                    .contains("SSL connection (protocol: TLSv1.3");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void psqlIsNotDeceivedAndNotLetInWithoutTls(String mode) throws Exception {
        try (var lab = lab(mode)) {
            // when
            var plain = psql(lab.conninfo("sslmode=disable"), "select 1");
            var elsewhere =
                    psql(lab.conninfo("host=localhost hostaddr=127.0.0.1 sslmode=verify-full"), "");
            var forged = "sslmode=verify-ca sslrootcert=" + PAPERS.file("other-ca.pem");
            var distrusting = psql(lab.conninfo(forged), "");

            // then
            assertThat(plain.text()).contains("encrypted connections only", "sslmode=require");
            assertThat(elsewhere.text()).contains("does not match host name \"localhost\"");
            assertThat(distrusting.text()).contains("certificate verify failed");
            assertThat(plain.status() + elsewhere.status() + distrusting.status()).isEqualTo(6);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void pgbenchRunsInAllItsModes(String mode) throws Exception {
        // given
        var script =
                Files.writeString(
                        folder.resolve("script"),
                        """
                        \\set number random(1, 1000000000)
                        begin;
                        insert into note (writer, number) values (1, :number);
                        select count(*) from generate_series(1, 200);
                        commit;
                        """);
        try (var lab = lab(mode)) {
            var conninfo = lab.conninfo("sslmode=verify-full");
            for (var queries : new String[] {"simple", "extended", "prepared"}) {
                // when
                var said =
                        Tool.run(
                                folder,
                                "pgbench",
                                "-n",
                                "-c4",
                                "-t25",
                                "-f" + script,
                                "-M" + queries,
                                conninfo);
                // then
                assertThat(said.text()).contains("processed: 100/100", "failed transactions: 0");
            }
            // when: each transaction on a connection of its own
            var connecting =
                    Tool.run(folder, "pgbench", "-n", "-C", "-c2", "-t5", "-f" + script, conninfo);
            // then
            assertThat(connecting.text()).contains("processed: 10/10", "failed transactions: 0");
            assertThat(servers.source().value(servers.database(), "select count(*) from note"))
                    .isEqualTo("310");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void pgjdbcAsksForTlsOrBeginsWithIt(String mode) throws Exception {
        try (var lab = lab(mode);
                var asking = lab.connect("postgres");
                var beginning = lab.connect("direct")) {
            for (var client : new Connection[] {asking, beginning}) {
                assertThat(value(client, OVER_TLS)).isEqualTo("t");
                assertThat(value(client, "select length(repeat('x', 20000000))"))
                        .isEqualTo("20000000");
                assertThat(value(client, "select repeat('x', 20000000)")).hasSize(20_000_000);
            }
            assertThat(lab.proxy().sessions().snapshot())
                    .hasSize(2)
                    .allSatisfy(row -> assertThat(row.tls()).startsWith("TLSv1.3/"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void pgjdbcCancelsAndGoesOn(String mode) throws Exception {
        try (var lab = lab(mode);
                var client = lab.connect("direct");
                var statement = client.createStatement()) {
            // given
            var asleep = new FutureTask<>(() -> statement.execute(SLEEP));
            Thread.ofVirtual().start(asleep);
            awaitSleeper(1);

            // when
            statement.cancel();

            // then
            assertThatThrownBy(asleep::get)
                    .cause()
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(e.getSQLState()).isEqualTo("57014"));
            assertThat(value(client, "select 1")).isEqualTo("1");
            awaitSleeper(0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void controlCEndsPsqlsStatementOnTheServerToo(String mode) throws Exception {
        try (var lab = lab(mode);
                var psql =
                        Tool.start(
                                folder,
                                "psql",
                                "-XAtd",
                                lab.conninfo("sslmode=verify-full"),
                                "-c" + SLEEP)) {
            // given
            awaitSleeper(1);

            // when
            psql.interrupt();

            // then
            assertThat(psql.end().text()).contains("canceling statement due to user request");
            awaitSleeper(0);
        }
    }

    private static void awaitSleeper(int count) {
        Awaitility.await("statements that sleep: " + count)
                .until(
                        () ->
                                servers.source()
                                        .value(
                                                "postgres",
                                                "select count(*) from pg_stat_activity where state"
                                                        + " = 'active' and usename = '"
                                                        + CrossingLab.USER
                                                        + "' and query like '%pg_sleep%'")
                                        .equals(Integer.toString(count)));
    }

    private static String value(Connection client, String sql) throws SQLException {
        try (var statement = client.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
