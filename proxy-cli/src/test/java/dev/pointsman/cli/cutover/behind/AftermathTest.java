package dev.pointsman.cli.cutover.behind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.cli.cutover.At;
import dev.pointsman.cli.cutover.Console;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.Destination;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.report.ReportJson;
import dev.pointsman.core.cutover.report.ReportText;
import dev.pointsman.core.cutover.report.Trouble;
import dev.pointsman.core.cutover.run.Step;
import dev.pointsman.core.gate.Closer;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.ReplicationNames;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What an attempt leaves that is not as it should be, and who hears of it.
@Tag("real")
class AftermathTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension
    final LaidServers laid =
            new LaidServers(servers, Setup.of("transaction").cutover("attempts: 1"));

    private static final String KINDS = "select kind from pointsman.record";

    @TempDir Path state;

    private final At at = laid.at();

    /// On the source, however it is fenced.
    private void execute(String sql) throws SQLException {
        try (var connection = servers.source().connect(servers.database());
                var statement = connection.createStatement()) {
            statement.execute("set default_transaction_read_only = off");
            statement.execute(sql);
        }
    }

    private boolean isFenceShown(CrossingLab lab) {
        return lab.proxy()
                .meter()
                .scrape()
                .contains("pointsman_fence_active{database=\"" + servers.database() + "\"} 1.0");
    }

    private List<String> unfinished(Console console) throws SQLException {
        return console.column("SHOW WHY " + servers.database(), "unfinished");
    }

    @Test
    void aFenceThatAnUndoCannotLiftIsToldAndLiftedAsSoonAsThatWorks() throws Exception {
        // given
        execute(
                """
                create function pointsman.keeps() returns trigger language plpgsql as
                  $$ begin raise exception 'not now'; end $$;
                create trigger keeps before update of fence on pointsman.record
                  for each row when (new.fence = '') execute function pointsman.keeps()\
                """);
        try (var lab = laid.lab(state, "hold_limit: 20s");
                var console = Console.before(lab.proxy())) {
            at.at(Step.FENCED, () -> lab.proxy().cutovers().cancel(servers.database()));

            // when
            var report = lab.to("green");

            // then
            at.verify();
            assertThat(report.ending().outcome()).isEqualTo(Outcome.ROLLED_BACK);
            assertThat(report.ending().warnings())
                    .singleElement()
                    .asString()
                    .contains("fence on blue", "not now", "REPAIR " + servers.database());
            assertThat(unfinished(console))
                    .anyMatch(
                            text ->
                                    text.startsWith("the fence of attempt 1 stands")
                                            && text.contains("REPAIR " + servers.database()));
            assertThat(isFenceShown(lab)).isTrue();
            assertThatThrownBy(() -> lab.proxy().migrations().abort(servers.database()))
                    .as("what lifts the fence is not dropped")
                    .hasMessageContaining("fence");

            // and when
            execute("drop trigger keeps on pointsman.record");

            // then
            Awaitility.await("an end of the fence")
                    .atMost(Duration.ofMinutes(2))
                    .until(
                            () ->
                                    unfinished(console).stream()
                                                    .noneMatch(it -> it.contains("fence"))
                                            && !isFenceShown(lab));
            servers.source().connect(servers.database(), CrossingLab.USER, "secret").close();
            try (var client = lab.connect();
                    var statement = client.createStatement()) {
                statement.execute("insert into account values (1, 1)");
            }
        }
    }

    /// What a migration leaves on the servers is what tells who serves.
    @ParameterizedTest
    @ValueSource(strings = {"TO green START", "ABORT", "COMPLETE"})
    void whileNobodyKnowsWhoServesNoMigrationIsTouched(String what) throws Exception {
        try (var lab = laid.lab(state, "hold_limit: 20s");
                var console = Console.before(lab.proxy())) {
            var gate = lab.proxy().gates().of(servers.database());
            var hold = gate.close(new Closer.Undecided(servers.database()));

            // when, then
            assertThatThrownBy(
                            () -> console.column("MIGRATE " + servers.database() + " " + what, ""))
                    .hasMessageContaining("not certain who serves");
            hold.open().join();
        }
    }

    @Test
    void aCutoverWithoutAWayBackSaysSoInItsReport() throws Exception {
        // given
        var back = new ReplicationNames(servers.database(), 1).subscription(Direction.BACK);
        execute("alter subscription " + back + " set (slot_name = none)");
        execute("drop subscription " + back);
        try (var lab = laid.lab(state, "hold_limit: 20s")) {
            // when
            var report = lab.to("green");

            // then
            assertThat(report.ending().outcome()).isEqualTo(Outcome.SWITCHED);
            assertThat(report.ending().warnings())
                    .anyMatch(
                            text ->
                                    text.startsWith("there is no way back")
                                            && text.contains(back + " does not exist on blue"));
        }
    }

    @Test
    void aWayBackThatCannotBeTakenIsSaidInTheReport() throws Exception {
        // given
        var slot = new ReplicationNames(servers.database(), 1).slot(Direction.BACK);
        servers.target()
                .execute(servers.database(), "select pg_drop_replication_slot('" + slot + "')");
        try (var lab = laid.lab(state, "hold_limit: 20s")) {
            // when
            var report = lab.to("green");

            // then
            assertThat(report.ending().outcome()).isEqualTo(Outcome.SWITCHED);
            assertThat(ReportJson.fields(report).get("warnings"))
                    .asInstanceOf(InstanceOfAssertFactories.list(String.class))
                    .anyMatch(
                            text ->
                                    Trouble.isIn(text)
                                            && text.contains("slot " + slot + " of subscription"));
            assertThat(ReportText.write(report)).contains("warning: there is no way back: slot");
        }
    }

    @Test
    void aSecondProxyLeavesAnAttemptAloneThatIsSilentForLong() throws Exception {
        // given
        var steps = new ArrayList<String>();
        var more = new ArrayList<CrossingLab>();
        try (var lab = laid.lab(state, "hold_limit: 1h, strangers: tolerate")) {
            at.at(
                    Step.MARKED,
                    () -> {
                        // as if that had been half an hour ago
                        execute("update pointsman.heartbeat set at = at - interval '30 min'");
                        var second =
                                CrossingLab.start(
                                        servers,
                                        state.resolve("second"),
                                        Setup.of("transaction"),
                                        Step.Watch.NONE);
                        more.add(second);
                        steps.addAll(
                                second.proxy()
                                        .cutovers()
                                        .repair(servers.database(), false)
                                        .steps());
                    });

            // when
            var report = lab.to("green");

            // then
            at.verify();
            assertThat(steps)
                    .singleElement()
                    .asString()
                    .contains("cannot be settled", "another instance that was alive");
            assertThat(report.ending().outcome()).isEqualTo(Outcome.SWITCHED);
            Awaitility.await("the second to hear of it")
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> more.getFirst().serving().equals("green"));
            assertThat(servers.target().column(servers.database(), KINDS)).contains("decided");
            assertThat(servers.source().column(servers.database(), KINDS))
                    .contains("decided")
                    .doesNotContain("undone");
        } finally {
            more.forEach(CrossingLab::close);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void beforeItFallsSilentAnAttemptTellsOthersForHowLong(String fence) throws Exception {
        // given
        var told = new ArrayList<String>();
        var asked =
                "select count(*) from pointsman.heartbeat"
                        + " where at > clock_timestamp() + interval '50 min'";
        try (var lab = laid.lab(state, "hold_limit: 1h, fence: " + fence)) {
            for (var step : new Step[] {Step.FENCED, Step.MARKED}) {
                at.at(step, () -> told.add(servers.source().value(servers.database(), asked)));
            }

            // when
            var report = lab.to("green");

            // then
            at.verify();
            assertThat(report.ending().outcome()).isEqualTo(Outcome.SWITCHED);
            assertThat(told).containsExactly("1", "1");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFencedServerThatIsLostAmidAWayBackIsFencedAgainOnceItIsThere(boolean dryRun)
            throws Exception {
        try (var lab = laid.lab(state, "hold_limit: 20s")) {
            assertThat(lab.to("green").ending().outcome()).isEqualTo(Outcome.SWITCHED);
            at.at(Step.WARMED, () -> servers.source().crash());

            // when: it was open for our own logins
            var report = lab.run(lab.order(new Destination.Back(false), dryRun));
            servers.source().restart();

            // then
            at.verify();
            assertThat(report.ending().outcome())
                    .as(report.ending().message())
                    .isIn(Outcome.REFUSED, Outcome.ROLLED_BACK);
            Awaitility.await("the fence of the server that was left")
                    .atMost(Duration.ofMinutes(2))
                    .until(this::isFenced);
            assertThat(lab.serving()).isEqualTo("green");
        }
    }

    private boolean isFenced() {
        try {
            servers.source().connect(servers.database(), CrossingLab.USER, "secret").close();
            return false;
        } catch (SQLException e) {
            return String.valueOf(e.getMessage()).contains("too many connections for database");
        }
    }

    @Test
    void aWayBackIsRefusedWhileNobodyCanTellWhetherThereAreStrays() throws Exception {
        try (var lab = laid.lab(state, "hold_limit: 20s")) {
            assertThat(lab.to("green").ending().outcome()).isEqualTo(Outcome.SWITCHED);
            var canary =
                    servers.source()
                            .value(
                                    servers.database(),
                                    "select slot_name from pg_replication_slots where plugin ="
                                            + " 'test_decoding' and database = current_database()");

            // when
            Awaitility.await("a moment in which nobody looks")
                    .ignoreExceptions()
                    .until(
                            () -> {
                                execute("select pg_drop_replication_slot('" + canary + "')");
                                return true;
                            });

            // then
            assertThatThrownBy(lab::back).hasMessageContaining(canary);
            assertThat(lab.serving()).isEqualTo("green");
        }
    }

    /// A restart knows who serves before it can ask which migration that was.
    @Test
    void aWayBackWaitsForTheStrayWatchThatARestartCouldNotBeginAtOnce() throws Exception {
        // given
        try (var lab = laid.lab(state, "hold_limit: 20s")) {
            assertThat(lab.to("green").ending().outcome()).isEqualTo(Outcome.SWITCHED);
        }
        execute("insert into account values (79, 9)");
        rename("number", "hidden");
        try (var lab = laid.lab(state, "hold_limit: 20s");
                var console = Console.before(lab.proxy())) {
            assertThat(lab.serving()).isEqualTo("green");
            Awaitility.await("word of what waits")
                    .until(
                            () ->
                                    unfinished(console).stream()
                                            .anyMatch(it -> it.contains("what follows epoch 1")));

            // when
            rename("hidden", "number");

            // then
            assertThatThrownBy(lab::back)
                    .hasMessageContainingAll("past the proxy", "id[integer]:79");
            assertThat(unfinished(console)).noneMatch(it -> it.contains("what follows"));
            assertThat(lab.serving()).isEqualTo("green");
        }
    }

    private static void rename(String column, String as) throws SQLException {
        servers.target()
                .execute(
                        servers.database(),
                        "alter table pointsman.migration rename column " + column + " to " + as);
    }

    /// The target has served since the journal's line, and nobody is held for longer than it takes
    /// to find that there.
    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"JOURNALLED", "SWAPPED", "RELEASED"})
    void whatFailsBehindTheDecisionIsTroubleAfterASwitch(Step failing) throws Exception {
        // given
        Step.Watch watch =
                step -> {
                    if (step == failing) {
                        throw new IllegalStateException("scripted");
                    }
                };
        var setup = Setup.of("transaction").cutover("attempts: 1, hold_limit: 20s");
        try (var lab = CrossingLab.start(servers, state, setup, watch);
                var client = lab.connect();
                var statement = client.createStatement()) {
            statement.execute("insert into account values (1, 1)");

            // when
            var report = lab.to("green");

            // then
            assertThat(report.ending().outcome()).isEqualTo(Outcome.SWITCHED);
            assertThat(report.ending().message()).isEqualTo("green serves");
            assertThat(report.ending().warnings())
                    .anyMatch(text -> Trouble.isIn(text) && text.contains("scripted"))
                    .noneMatch(text -> text.contains("unfinished"));
            statement.execute("insert into account values (2, 2)");
            assertThat(servers.target().value(servers.database(), "select count(*) from account"))
                    .isEqualTo("2");
            assertThat(isFenced()).isTrue();
        }
    }
}
