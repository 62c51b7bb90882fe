package dev.pointsman.cli.cutover.past;

import static dev.pointsman.cli.cutover.CrossingLab.switched;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.At;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.cutover.Writers;
import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.Destination;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.report.Report;
import dev.pointsman.core.cutover.report.Trouble;
import dev.pointsman.core.cutover.run.Step;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/// Sessions past the proxy on the server that was left, between the opening of its fence for our
/// own logins and the moment when it serves again.
@Tag("real")
class FencedTargetTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    private static final String WRITES =
            "insert into account values (77, 7) on conflict (id) do update set balance = 7";
    private static final String INSISTS = "begin read write; " + WRITES + "; commit";

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    @TempDir Path state;

    private final At at = new At();

    private CrossingLab lab(String cutover) throws Exception {
        var setup = Setup.of("transaction").cutover("attempts: 1, hold_limit: 20s, " + cutover);
        return CrossingLab.start(servers, state, setup, at);
    }

    private static String fenceOf(RealServer server) throws SQLException {
        return server.value(
                "postgres",
                "select datconnlimit || ' ' || count(s.*) from pg_database d left join"
                        + " pg_db_role_setting s on s.setdatabase = d.oid where datname = '"
                        + servers.database()
                        + "' group by datconnlimit");
    }

    private static void run(Connection on, String sql) throws SQLException {
        try (var statement = on.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String value(Connection on, String sql) throws SQLException {
        try (var statement = on.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private static String rows(RealServer server) throws SQLException {
        return server.value(
                servers.database(), "select count(*) from account where id = 77 and balance = 7");
    }

    /// A superuser, whom no fence keeps out, is done and gone before anybody looks.
    private static void writesAndLeaves() throws SQLException {
        String pid;
        try (var superuser = servers.source().connect(servers.database())) {
            pid = value(superuser, "select pg_backend_pid()");
            run(superuser, INSISTS);
        }
        Awaitility.await("his session to be gone")
                .atMost(Duration.ofMinutes(1))
                .until(
                        () ->
                                servers.source()
                                        .value(
                                                "postgres",
                                                "select count(*) from pg_stat_activity where pid = "
                                                        + pid)
                                        .equals("0"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"WARMED", "FENCED"})
    void aSuperuserWhoWroteThereBeforeTheHoldEndsTheAttemptAndIsNamed(Step step) throws Exception {
        try (var lab = lab("strangers: terminate");
                var writers = new Writers(2, lab::connect)) {
            switched(lab.to("green"));
            at.at(step, FencedTargetTest::writesAndLeaves);

            // when
            var report = lab.back();

            // then
            at.verify();
            assertThat(report.ending().outcome()).isEqualTo(Outcome.ROLLED_BACK);
            assertThat(report.ending().message())
                    .contains("past the proxy to blue", "id[integer]:77", "IGNORING STRAYS");
            assertThat(report.pause().clients().held()).isZero();
            assertThat(lab.serving()).isEqualTo("green");
            assertThat(fenceOf(servers.source())).isEqualTo("0 1");
            assertThat(rows(servers.target())).isEqualTo("0");

            // and when: the operator answers for it
            var ignoring = switched(lab.run(lab.order(new Destination.Back(true), false)));

            // then
            assertThat(ignoring.ending().warnings()).isEmpty();
            writers.stop();
            assertThat(writers.errors()).isEmpty();
        }
    }

    /// Nobody can look that late without keeping clients waiting; his row is an ordinary one of the
    /// server that serves, and whoever asked for the cutover hears that the other lacks it.
    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"HELD", "MARKED"})
    void whatASuperuserWroteThereDuringThePauseIsToldWithTheSwitch(Step step) throws Exception {
        try (var lab = lab("strangers: terminate")) {
            switched(lab.to("green"));
            at.at(step, FencedTargetTest::writesAndLeaves);

            // when
            var report = switched(lab.back());

            // then
            at.verify();
            assertThat(report.ending().warnings())
                    .singleElement()
                    .satisfies(warning -> assertThat(Trouble.isIn(warning)).isTrue())
                    .asString()
                    .contains("blue has it", "green lacks it", "id[integer]:77");
            assertThat(lab.proxy().meter().scrape())
                    .contains(
                            "pointsman_stray_writes_total{database=\""
                                    + servers.database()
                                    + "\"} 1.0");
            assertThat(rows(servers.source())).isEqualTo("1");
            assertThat(rows(servers.target())).isEqualTo("0");
        }
    }

    /// From the position on that the decision records, the way back carries what anybody writes.
    @Test
    void whatASuperuserWritesThereBehindThatIsCarriedLikeAnyOther() throws Exception {
        try (var lab = lab("strangers: terminate")) {
            switched(lab.to("green"));
            at.at(Step.CONFIRMED, FencedTargetTest::writesAndLeaves);

            // when
            var report = switched(lab.back());

            // then
            at.verify();
            assertThat(report.ending().warnings()).isEmpty();
            assertThat(rows(servers.source())).isEqualTo("1");
            Awaitility.await("the way back")
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> rows(servers.target()).equals("1"));
        }
    }

    /// While our own connections are opened, others can get in: to read, unless they insist.
    @Test
    void whoSlipsInIsEndedAndWritesOnlyIfHeInsists() throws Exception {
        Queue<Connection> slipped = new ConcurrentLinkedQueue<>();
        try (var lab = lab("strangers: refuse");
                var slow = slow(lab);
                var writers = new Writers(2, lab::connect)) {
            // when
            var report = backWhileSlippingIn(lab, slipped, "select 1");

            // then: he was there, and is gone
            switched(report);
            assertThat(slipped.remove().isValid(1)).isFalse();

            // and with a write that he was kept from
            switched(
                    backWhileSlippingIn(
                            lab,
                            slipped,
                            "do $$ begin insert into account values (77, 7); exception when"
                                    + " read_only_sql_transaction then null; end $$"));
            assertThat(rows(servers.source())).isEqualTo("0");

            // and with one that he was not it is refused, until the operator has seen to it
            var refused = backWhileSlippingIn(lab, slipped, INSISTS);
            assertThat(refused.ending().outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(refused.ending().message()).contains("past the proxy", "id[integer]:77");
            assertThat(fenceOf(servers.source())).isEqualTo("0 1");
            switched(lab.run(lab.order(new Destination.Back(true), false)));
            assertThat(slow.isValid(1)).isTrue();
            writers.stop();
            assertThat(writers.errors()).isEmpty();
        }
    }

    /// There and back again; somebody gets in and is done while the target is open.
    private Report backWhileSlippingIn(CrossingLab lab, Queue<Connection> slipped, String sql)
            throws Exception {
        for (var former : slipped) {
            former.close();
        }
        slipped.clear();
        switched(lab.to("green"));
        at.at(Step.CHECKED, () -> slipIn(slipped, sql));
        at.at(Step.WARMED, () -> assertThat(slipped).hasSize(1));
        var report = lab.back();
        Awaitility.await("the end of who slips in").until(() -> slipped.size() == 1);
        return report;
    }

    /// A client whose server connections take so long to open that others can slip in beside.
    private static Connection slow(CrossingLab lab) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", CrossingLab.USER);
        properties.setProperty("password", "secret");
        properties.setProperty("options", "-c post_auth_delay=1");
        var client =
                DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:"
                                + lab.proxy().port()
                                + "/"
                                + servers.database(),
                        properties);
        run(client, "select 1");
        return client;
    }

    /// Tries to get into the source until it is in, runs one statement there, and stays.
    private static void slipIn(Queue<Connection> slipped, String sql) {
        Thread.ofVirtual()
                .start(
                        () -> {
                            while (slipped.isEmpty()) {
                                try {
                                    slipped.add(getIn(sql));
                                } catch (SQLException _) {
                                    LockSupport.parkNanos(1_000_000);
                                }
                            }
                        });
    }

    private static Connection getIn(String sql) throws SQLException {
        var in = servers.source().connect(servers.database(), CrossingLab.USER, "secret");
        try (var statement = in.createStatement()) {
            statement.execute(sql);
            return in;
        } catch (SQLException e) {
            in.close();
            throw e;
        }
    }

    /// Our own sessions begin as they would without the fence, and RESET leads them there.
    @ParameterizedTest
    @ValueSource(strings = {"off", "on"})
    void clientsThatComeBackAreReadOnlyOnlyWhereTheyWereBefore(String before) throws Exception {
        for (var server : servers.all()) {
            server.execute(
                    "postgres",
                    "alter database "
                            + servers.database()
                            + " set default_transaction_read_only = "
                            + before);
        }
        var shown = "show default_transaction_read_only";
        try (var lab = lab("strangers: refuse");
                var client = lab.connect()) {
            assertThat(value(client, shown)).isEqualTo(before);
            switched(lab.to("green"));

            // when
            switched(lab.back());

            // then
            assertThat(value(client, shown)).isEqualTo(before);
            run(client, "reset default_transaction_read_only");
            assertThat(value(client, shown)).isEqualTo(before);
            run(client, "begin read write");
            run(client, "insert into account values (1, 1)");
            run(client, "commit");
            assertThat(rowsOf(servers.source())).isEqualTo("1");
        }
    }

    private static String rowsOf(RealServer server) throws SQLException {
        return server.value(servers.database(), "select count(*) from account");
    }

    @Test
    void aRehearsalLeavesTheFenceUntouched() throws Exception {
        var touched =
                "select xmin || ' ' || datconnlimit from pg_database where datname = '"
                        + servers.database()
                        + "'";
        try (var lab = lab("strangers: refuse");
                var writers = new Writers(2, lab::connect)) {
            switched(lab.to("green"));
            var before = servers.source().value("postgres", touched);

            // when
            var report = lab.run(lab.order(new Destination.Back(false), true));

            // then
            assertThat(report.ending().outcome())
                    .as(report.ending().message())
                    .isEqualTo(Outcome.REHEARSED);
            assertThat(report.ending().warnings())
                    .isEqualTo(
                            List.of(
                                    "logins to blue were not tried: it is fenced, and a rehearsal"
                                            + " lets nobody in"));
            assertThat(servers.source().value("postgres", touched)).isEqualTo(before);
            assertThat(fenceOf(servers.source())).isEqualTo("0 1");

            // and the real one
            switched(lab.back());
            writers.stop();
            assertThat(writers.errors()).isEmpty();
        }
    }
}
