package dev.pointsman.cli.cutover.behind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.report.Report;
import dev.pointsman.core.cutover.run.Step;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.ReplicationNames;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;

/// What must hold right before a cutover, and does not.
@Tag("real")
class ConditionsTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension
    final LaidServers laid =
            new LaidServers(
                    servers,
                    Setup.of("transaction")
                            .cutover("attempts: 1, max_lag: 64KiB, hold_limit: 20s"));

    /// More than `max_lag`.
    private static final String MUCH =
            "insert into account select n, 0 from generate_series(%d, %<d + 2000) n";

    @TempDir Path state;

    private static ConditionFactory awaiting(String what) {
        return Awaitility.await(what).atMost(Duration.ofMinutes(2)).ignoreExceptions();
    }

    /// As the role of an application, in a transaction.
    private static Connection open(RealServer server, String sql) throws SQLException {
        var connection = server.connect(servers.database(), CrossingLab.USER, "secret");
        connection.setAutoCommit(false);
        connection.createStatement().execute(sql);
        return connection;
    }

    private static void refused(Report report, String... words) {
        assertThat(report.ending().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(report.ending().message()).contains(words);
        assertThat(report.pause().clients().held()).isZero();
    }

    private static void write(CrossingLab lab, String sql) throws SQLException {
        try (var client = lab.connect()) {
            client.createStatement().execute(sql);
        }
    }

    @Test
    void eachOneNamesWhatIsAmissAndWhereAndHowToMendIt() throws Exception {
        var subscription =
                new ReplicationNames(servers.database(), 1).subscription(Direction.FORWARD);
        try (var lab = laid.lab(state, "calm_timeout: 1s")) {
            try (var _ = open(servers.source(), "insert into note values (1, 1)")) {
                // a target that is behind
                try (var _ = open(servers.target(), "lock table account")) {
                    write(lab, MUCH.formatted(1));
                    refused(
                            lab.to("green"),
                            "lag: the target green is ",
                            "bytes behind",
                            "cutover.max_lag");
                }

                // replication that was switched off
                servers.target()
                        .execute(
                                servers.database(),
                                "alter subscription " + subscription + " disable");
                refused(
                        lab.to("green"),
                        "subscription: on green: " + subscription + " is missing or disabled",
                        "SHOW MIGRATION");
                servers.target()
                        .execute(
                                servers.database(),
                                "alter subscription " + subscription + " enable");

                // a transaction that has been open for long, and may have written
                awaiting("an old transaction")
                        .until(
                                () ->
                                        servers.source()
                                                .value(
                                                        servers.database(),
                                                        "select count(*) from pg_stat_activity"
                                                            + " where usename = 'crosser' and"
                                                            + " xact_start < now() - interval '31"
                                                            + " s'")
                                                .equals("1"));
                refused(
                        lab.to("green"),
                        "old_transactions: on blue: pid ",
                        "(crosser) holds a transaction id since",
                        "Wait for it, or end it.");
            }

            // nothing any more
            assertThat(lab.to("green").ending().outcome()).isEqualTo(Outcome.SWITCHED);
        }
    }

    /// The lock lets the subscription see the table, and not copy it.
    private Connection addTableThatCannotBeCopied() throws SQLException {
        var names = new ReplicationNames(servers.database(), 1);
        for (var direction : Direction.values()) {
            var server =
                    switch (direction) {
                        case FORWARD -> servers.source();
                        case BACK -> servers.target();
                    };
            server.execute(
                    servers.database(),
                    """
                    begin; set transaction read write; create table late (id int primary key);
                    alter publication %s add table late; commit\
                    """
                            .formatted(names.publication(direction)));
        }
        var lock = servers.target().connect(servers.database());
        lock.setAutoCommit(false);
        lock.createStatement().execute("lock table late in share mode");
        servers.target()
                .execute(
                        servers.database(),
                        "alter subscription %s refresh publication"
                                .formatted(names.subscription(Direction.FORWARD)));
        return lock;
    }

    @Test
    void aTableThatIsStillBeingCopiedStopsIt() throws Exception {
        try (var lab = laid.lab(state, "calm_timeout: 1s");
                var _ = addTableThatCannotBeCopied()) {
            refused(
                    lab.to("green"),
                    "tables_ready: on green: table public.late is in state ",
                    "Wait until SHOW MIGRATION says ready.");
        }
    }

    @Test
    void aTableThatIsCopiedAnewBehindTheConditionsLeadsBack() throws Exception {
        var lock = new AtomicReference<Connection>();
        try (var lab = laid.lab(state, "calm_timeout: 1s")) {
            laid.at().at(Step.HELD, () -> lock.set(copyNoteAnew()));

            // when
            var report = lab.to("green");

            // then
            laid.at().verify();
            assertThat(report.ending().outcome()).isEqualTo(Outcome.ROLLED_BACK);
            assertThat(report.ending().message())
                    .contains("tables of the subscription are not ready");
            assertThat(lab.serving()).isEqualTo("blue");
        } finally {
            lock.get().close();
        }
    }

    /// As far as the lock lets it.
    private static Connection copyNoteAnew() throws SQLException {
        var lock = servers.target().connect(servers.database());
        lock.setAutoCommit(false);
        lock.createStatement().execute("lock table note in share mode");
        servers.target()
                .execute(
                        servers.database(),
                        "update pg_subscription_rel set srsubstate = 'i'"
                                + " where srrelid = 'note'::regclass");
        return lock;
    }

    @Test
    void replicationThatHasJustFailedIsNotReliedOn() throws Exception {
        try (var lab = laid.lab(state, "calm_timeout: 2m");
                var lock = open(servers.target(), "lock table account")) {
            // given: a row that cannot be applied, when its turn comes
            write(lab, MUCH.formatted(1));
            var running = new FutureTask<>(() -> lab.to("green"));
            Thread.ofVirtual().start(running);
            awaiting("a look at the lag")
                    .until(
                            () ->
                                    !servers.source()
                                            .column(
                                                    "postgres",
                                                    "select pid from pg_stat_activity where pid <>"
                                                        + " pg_backend_pid() and query like"
                                                        + " '%pg_current_wal_lsn() - coalesce(%'")
                                            .isEmpty());

            // when
            lock.createStatement().execute("insert into account values (7, 7)");
            lock.commit();
            awaiting("a conflict")
                    .until(
                            () ->
                                    !servers.target()
                                            .value(
                                                    servers.database(),
                                                    "select sum(apply_error_count) from"
                                                        + " pg_stat_subscription_stats s join"
                                                        + " pg_subscription p on p.oid = s.subid"
                                                        + " join pg_database d on d.oid = subdbid"
                                                        + " where datname = current_database()")
                                            .equals("0"));
            servers.target().execute(servers.database(), "delete from account where id = 7");

            // then
            refused(
                    running.get(),
                    "apply_errors: ",
                    " on green met errors just now",
                    "See the log of green.");
        }
    }
}
