package dev.pointsman.cli.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.Ledger;
import dev.pointsman.cli.cutover.Writers;
import dev.pointsman.cli.cutover.load.LeastRights;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.Proxy;
import dev.pointsman.core.cutover.CutoverOrder;
import dev.pointsman.core.cutover.Destination;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.report.Requester;
import dev.pointsman.core.migration.ReverseState;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// A managed server as the guest: nobody gets in without TLS, the control role is no superuser, and
/// every connection is verified: of clients, of their traffic, of the control path, and between the
/// servers.
@Tag("real")
class HostsslOnlyTest {
    private static final Papers PAPERS = Papers.make();

    @RegisterExtension
    static final RealServers servers =
            RealServers.own(
                    PAPERS.encrypting(EncryptedLab.hostssl(16)),
                    PAPERS.encrypting(EncryptedLab.hostssl(18)));

    private static final String PLAIN =
            "select count(*) from pg_stat_ssl join pg_stat_activity using (pid)"
                    + " where not ssl and usename in ('%s', '%s')"
                            .formatted(LeastRights.CONTROL, CrossingLab.USER);

    @TempDir Path folder;

    @AfterEach
    void liftFences() throws SQLException {
        CrossingLab.liftFences(servers);
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void cutoversThereAndBackUnderLoadLoseNothing(String mode) throws Exception {
        // given
        try (var lab = EncryptedLab.start(servers, PAPERS, folder, mode)) {
            LeastRights.migrate(servers, lab.proxy());
            var connections = new AtomicInteger();
            Writers.Connector connector =
                    () ->
                            lab.connect(
                                    connections.incrementAndGet() % 2 == 0 ? "direct" : "postgres");
            try (var writers = new Writers(4, connector);
                    var callers = new Callers(connector)) {
                goOn(writers, callers);

                // when
                switched(lab.proxy(), new Destination.To("green"));
                goOn(writers, callers);
                assertThat(servers.target().value("postgres", PLAIN)).isEqualTo("0");
                awaitWayBack(lab.proxy());
                switched(lab.proxy(), new Destination.Back(false));
                goOn(writers, callers);
                callers.stop();
                writers.stop();

                // then
                assertThat(servers.source().value("postgres", PLAIN)).isEqualTo("0");
                assertThat(writers.errors()).isEmpty();
                assertThat(callers.error()).isEmpty();
                assertThat(writers.doubtful()).isZero();
                assertThat(Ledger.faults(writers, servers.source(), servers.database())).isEmpty();
            }
        }
    }

    private static void goOn(Writers writers, Callers callers) {
        int written = writers.acknowledged();
        int called = callers.count();
        Awaitility.await("the clients to go on")
                .until(
                        () ->
                                !writers.errors().isEmpty()
                                        || !callers.error().isEmpty()
                                        || (writers.acknowledged() > written + 40
                                                && callers.count() > called + 2));
        assertThat(writers.errors()).isEmpty();
        assertThat(callers.error()).isEmpty();
    }

    private static void awaitWayBack(Proxy proxy) {
        Awaitility.await("the way back")
                .until(
                        () ->
                                proxy.migrations().status(servers.database()).reverse()
                                        == ReverseState.READY);
    }

    private static void switched(Proxy proxy, Destination to) throws Exception {
        var order =
                new CutoverOrder(
                        List.of(servers.database()),
                        to,
                        false,
                        Duration.ZERO,
                        Set.of(),
                        new Requester("tester", "127.0.0.1"));
        var report = proxy.cutovers().run(order, _ -> {});
        assertThat(report.ending().outcome())
                .as(report.ending().message())
                .isEqualTo(Outcome.SWITCHED);
        assertThat(report.pause().clients().failed()).isZero();
    }

    @Test
    void otherCertificatesCountAfterAReloadAndNobodyIsDropped() throws Exception {
        try (var lab =
                        EncryptedLab.start(
                                servers,
                                PAPERS,
                                folder,
                                "session",
                                "limits: {query_wait_timeout: 3s}");
                var client = lab.connect("postgres")) {
            insert(client, 1);

            // when: the authority of the servers is one that signed nothing here
            copy("other-ca.pem", "blue-ca.pem");
            lab.rewrite(
                    "sslmode: verify-full, sslrootcert: ca.pem",
                    "sslmode: verify-full, sslrootcert: blue-ca.pem");
            var changed = lab.reloading().reload();

            // then
            assertThat(changed)
                    .contains("databases." + servers.database() + ".servers.blue.sslrootcert");
            insert(client, 2);
            assertThat(refusal(lab)).contains("which is not trusted");

            // when
            copy("ca.pem", "blue-ca.pem");
            lab.reloading().reload();

            // then
            insert(client, 3);
            try (var another = lab.connect("postgres")) {
                insert(another, 4);
            }
        }
    }

    private void copy(String from, String to) throws Exception {
        Files.copy(PAPERS.file(from), folder.resolve(to), StandardCopyOption.REPLACE_EXISTING);
    }

    private static String refusal(EncryptedLab lab) {
        try (var another = lab.connect("postgres")) {
            insert(another, 5);
            return "";
        } catch (SQLException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static void insert(Connection client, int number) throws SQLException {
        try (var statement = client.createStatement()) {
            statement.execute("insert into entry (writer, number) values (1, " + number + ")");
        }
    }
}
