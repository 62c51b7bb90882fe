package dev.pointsman.cli.cutover.behind;

import static dev.pointsman.cli.cutover.CrossingLab.switched;
import static dev.pointsman.cli.cutover.wire.Message.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.At;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.report.Report;
import dev.pointsman.core.cutover.run.Step;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;

/// What happens on the servers between the mark and the decision.
@Tag("real")
class HorizonTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension
    final LaidServers laid =
            new LaidServers(
                    servers,
                    Setup.of("transaction")
                            .cutover("attempts: 1, hold_limit: 60s")
                            .more("auth: {type: trust}"));

    private static final String NOT_OURS = "a transaction that is not ours ran on the source";

    @TempDir Path state;

    private final At at = laid.at();

    /// As a superuser, whom no fence keeps out.
    private static Connection intoSource() throws SQLException {
        var connection = servers.source().connect(servers.database());
        connection.createStatement().execute("set default_transaction_read_only = off");
        return connection;
    }

    private static void onSource(String sql) throws SQLException {
        try (var connection = intoSource()) {
            connection.createStatement().execute(sql);
        }
    }

    private static void refused(Report report, String saying) {
        assertThat(report.ending().outcome()).isEqualTo(Outcome.ROLLED_BACK);
        assertThat(report.ending().message()).contains(NOT_OURS, saying, "blue still serves");
    }

    @Test
    void whatRunsOnTheSourceBehindTheMarkStopsTheAttemptUnlessItChangesNothing() throws Exception {
        try (var lab = laid.lab(state, "fence: on")) {
            // a write
            at.at(Step.ARRIVED, () -> onSource("insert into account values (77, 7)"));
            refused(lab.to("green"), "id[integer]:77");
            at.verify();

            // a transaction that may still write, seen because of another
            var sitting = new ArrayList<Connection>();
            at.at(
                    Step.ARRIVED,
                    () -> {
                        var one = intoSource();
                        one.setAutoCommit(false);
                        one.createStatement().execute("select txid_current()");
                        sitting.add(one);
                        onSource("select txid_current()");
                    });
            awaitNobodyElse();
            refused(lab.to("green"), "holds transaction id");
            at.verify();
            sitting.getFirst().close();

            // one that has written nothing
            at.at(Step.ARRIVED, () -> onSource("select txid_current()"));
            awaitNobodyElse();
            switched(lab.to("green"));
            at.verify();
            assertThat(servers.target().column(servers.database(), "select id from account"))
                    .containsExactly("77");
        }
    }

    /// Whoever has just left the source is a stranger there for as long as the server shows him.
    private static void awaitNobodyElse() {
        Awaitility.await("the end of those sessions")
                .atMost(Duration.ofMinutes(2))
                .until(
                        () ->
                                servers.source()
                                        .value(
                                                "postgres",
                                                "select count(*) from pg_stat_activity where"
                                                    + " application_name like 'PostgreSQL JDBC%'"
                                                    + " and datname = '"
                                                        + servers.database()
                                                        + "'")
                                        .equals("0"));
    }

    @Test
    void whereStrangersAreToleratedItStopsNothing() throws Exception {
        try (var lab = laid.lab(state, "strangers: tolerate")) {
            at.at(Step.ARRIVED, () -> onSource("insert into account values (77, 7)"));

            // when
            switched(lab.to("green"));

            // then
            at.verify();
            assertThat(lab.serving()).isEqualTo("green");
        }
    }

    @Test
    void aWarmConnectionThatDiesBeforeItIsUsedIsReplaced() throws Exception {
        try (var lab = laid.lab(state, "fence: on");
                var client = lab.raw()) {
            client.run("select 1");
            var warm = new ArrayList<Integer>();
            at.at(
                    Step.DRAINED,
                    () -> {
                        client.send(query("insert into account values (1, 1)"));
                        warm.addAll(pids(lab));
                        for (var pid : warm) {
                            servers.target()
                                    .execute(
                                            "postgres", "select pg_terminate_backend(" + pid + ")");
                        }
                        Awaitility.await("the end of " + warm)
                                .atMost(Duration.ofMinutes(2))
                                .until(() -> pids(lab).stream().noneMatch(warm::contains));
                    });

            // when
            switched(lab.to("green"));

            // then
            at.verify();
            assertThat(warm).isNotEmpty();
            assertThat(client.awaitReady()).containsExactly("C INSERT 0 1", "Z I");
            assertThat(servers.target().column(servers.database(), "select id from account"))
                    .containsExactly("1");
        }
    }

    private static Set<Integer> pids(CrossingLab lab) {
        return lab.proxy().pools().pids(servers.database(), "green");
    }
}
