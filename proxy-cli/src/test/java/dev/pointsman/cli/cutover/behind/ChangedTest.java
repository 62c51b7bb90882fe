package dev.pointsman.cli.cutover.behind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.At;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.cutover.Writers;
import dev.pointsman.cli.demo.EmbeddedSettings;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.run.Step;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/// What changes on the source after the conditions were met, and would be lost.
@Tag("real")
class ChangedTest {
    @RegisterExtension
    static final RealServers servers =
            RealServers.own(
                    EmbeddedSettings.of(14).with("max_prepared_transactions", "10"),
                    EmbeddedSettings.of(18).with("max_prepared_transactions", "10"));

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    /// One change: how it is made, how it is undone, what the attempt says of it.
    private record Change(String made, String undone, String said) {}

    private static final List<Change> CHANGES =
            List.of(
                    new Change(
                            "begin; insert into account values (1, 1);"
                                    + " prepare transaction 'somebody''s'",
                            "rollback prepared 'somebody''s'",
                            "somebody's"),
                    new Change("create table fresh (id int)", "drop table fresh", "changed"),
                    new Change("create sequence fresh", "drop sequence fresh", "changed"),
                    new Change(
                            "alter table account add note text",
                            "alter table account drop note",
                            "changed"),
                    new Change(
                            "alter table account alter balance drop not null",
                            "alter table account alter balance set not null",
                            "changed"),
                    new Change(
                            "create schema aside; alter table account set schema aside",
                            "alter table aside.account set schema public; drop schema aside",
                            "changed"),
                    new Change(
                            "alter sequence later restart with 500",
                            "alter sequence later restart with 1",
                            "changed"),
                    new Change(
                            "alter sequence later increment by 5",
                            "alter sequence later increment by 1",
                            "changed"),
                    new Change(
                            "select setval('later', 500, false)",
                            "select setval('later', 1, false)",
                            "reset"));

    /// Called by nobody, so that no catalog tells where it would start.
    @BeforeEach
    void makeASequenceThatIsNeverCalled() throws SQLException {
        for (var server : List.of(servers.source(), servers.target())) {
            server.execute(
                    servers.database(),
                    "create sequence later; grant select, usage on later to " + CrossingLab.USER);
        }
    }

    @TempDir Path state;

    private final At at = new At();

    /// As a superuser, whom no fence keeps out, and gone again when this returns.
    private void onSource(String sql) throws SQLException {
        try (var connection = servers.source().connect(servers.database());
                var statement = connection.createStatement()) {
            statement.execute("set default_transaction_read_only = off");
            statement.execute(sql);
        }
        Awaitility.await("the end of that session")
                .until(
                        () ->
                                servers.source()
                                        .value(
                                                "postgres",
                                                "select count(*) from pg_stat_activity where"
                                                    + " application_name like 'PostgreSQL JDBC%'"
                                                    + " and usename = 'postgres' and datname = '"
                                                        + servers.database()
                                                        + "'")
                                        .equals("0"));
    }

    /// Between the conditions and the fence up to a minute may pass: replication catches up, and
    /// connections are opened.
    @Test
    void whatIsMadeRightBehindTheConditionsStopsTheAttemptBeforeTheFence() throws Exception {
        var setup = Setup.of("transaction").cutover("attempts: 1, hold_limit: 20s");
        try (var lab = CrossingLab.start(servers, state, setup, at)) {
            for (var change : CHANGES) {
                if (!change.said().equals("changed")) {
                    continue;
                }
                at.at(Step.CHECKED, () -> onSource(change.made()));

                // when
                var report = lab.to("green");

                // then
                at.verify();
                assertThat(report.ending().outcome())
                        .as(change.made())
                        .isNotEqualTo(Outcome.SWITCHED);
                assertThat(report.ending().message()).as(change.made()).contains("changed");
                assertThat(report.pause().clients().held()).isZero();
                onSource(change.undone());
            }
            assertThat(lab.to("green").ending().outcome()).isEqualTo(Outcome.SWITCHED);
        }
    }

    @Test
    void whatWouldBeLostStopsTheAttemptAndTheSourceServesOn() throws Exception {
        var setup = Setup.of("transaction").cutover("attempts: 1, hold_limit: 20s");
        try (var lab = CrossingLab.start(servers, state, setup, at);
                var writers = new Writers(3, lab::connect)) {
            for (var change : CHANGES) {
                for (var step : List.of(Step.FENCED, Step.OPENED, Step.HELD)) {
                    var what = change.made() + " at " + step;
                    at.at(step, () -> onSource(change.made()));

                    // when
                    var report = lab.to("green");

                    // then
                    at.verify();
                    assertThat(report.ending().outcome()).as(what).isEqualTo(Outcome.ROLLED_BACK);
                    assertThat(report.ending().message())
                            .as(what)
                            .contains(change.said(), "blue still serves");
                    onSource(change.undone());
                    servers.source()
                            .connect(servers.database(), CrossingLab.USER, "secret")
                            .close();
                }
            }
            var now = writers.acknowledged();
            Awaitility.await().until(() -> writers.acknowledged() > now + 10);
            assertThat(lab.to("green").ending().outcome()).isEqualTo(Outcome.SWITCHED);
            writers.stop();
            assertThat(writers.errors()).isEmpty();
            try (var there = servers.target().connect(servers.database());
                    var statement = there.createStatement();
                    var next = statement.executeQuery("select nextval('later')")) {
                next.next();
                assertThat(next.getLong(1)).isEqualTo(1);
            }
        }
    }

    /// The target has the very value already that the source will have, left by an earlier way.
    @Test
    void aSequenceThatWasStartedAnewIsSetOnTheTargetWhateverThatHad() throws Exception {
        servers.target().execute(servers.database(), "select setval('later', 1)");
        var setup = Setup.of("transaction").cutover("attempts: 1, hold_limit: 20s");
        try (var lab = CrossingLab.start(servers, state, setup, at);
                var client = lab.connect();
                var statement = client.createStatement()) {
            at.at(Step.WARMED, () -> statement.execute("select nextval('later')"));

            // when
            var report = lab.to("green");

            // then
            at.verify();
            assertThat(report.ending().outcome()).isEqualTo(Outcome.SWITCHED);
            try (var next = statement.executeQuery("select nextval('later')")) {
                next.next();
                assertThat(next.getLong(1)).isEqualTo(2);
            }
        }
    }
}
