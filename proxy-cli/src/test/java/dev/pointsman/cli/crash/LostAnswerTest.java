package dev.pointsman.cli.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.cli.crash.Cases.Away;
import dev.pointsman.cli.crash.Cases.Kill;
import dev.pointsman.cli.crash.Cases.State;
import dev.pointsman.cli.crash.Relay.Fate;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.cutover.books.ServerBooks;
import dev.pointsman.core.cutover.journal.Line;
import dev.pointsman.core.cutover.record.EpochRecord;
import dev.pointsman.core.cutover.record.Records;
import dev.pointsman.core.cutover.run.Step;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Optional;
import java.util.stream.Stream;

/// A connection breaks around the decision on the target, or around the commit of the fence on the
/// source: the run cannot know whether it was committed there, and must lead to one end all the
/// same. Or the proxy dies with what it says to a server.
@Tag("real")
class LostAnswerTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    private static final String BLUE_SERVES = "blue still serves";

    @TempDir Path folder;
    private Relay toSource;
    private Relay toTarget;
    private CrashLab lab;
    private Cases cases;
    private Optional<Connection> late = Optional.empty();

    @BeforeEach
    void open() throws Exception {
        toSource = Relay.to(servers.source().port());
        toTarget = Relay.to(servers.target().port());
        lab =
                CrashLab.open(
                        servers, folder, new CrossingLab.Ports(toSource.port(), toTarget.port()));
        cases = new Cases(lab);
    }

    @AfterEach
    void close() throws Exception {
        lab.close();
        toSource.close();
        toTarget.close();
        for (var server : servers.all()) {
            if (!server.isRunning()) {
                server.restart();
            }
        }
        CrossingLab.liftFences(servers);
    }

    private void isGivenUp(Relay by, String saying) {
        assertThatThrownBy(() -> lab.ask("CUTOVER " + lab.database() + " TO green"))
                .hasMessageContaining(saying);
        assertThat(by.met()).isEqualTo(1);
    }

    @Test
    void aDecisionThatNeverArrivesIsUndone() throws Exception {
        lab.restart();
        lab.awaitWrites();
        toTarget.decisions(Fate.NEVER_ARRIVES, () -> {});

        isGivenUp(toTarget, BLUE_SERVES);

        cases.isWell();
        cases.leadsBack();
        cases.balance();
    }

    @Test
    void aDecisionWhoseAnswerIsLostIsUndoneByALaterEpoch() throws Exception {
        lab.restart();
        lab.awaitWrites();
        toTarget.decisions(Fate.ANSWER_IS_LOST, () -> {});

        isGivenUp(toTarget, BLUE_SERVES);

        assertThat(
                        servers.target()
                                .value(
                                        servers.database(),
                                        "select kind from pointsman.record where epoch = 1"))
                .isEqualTo("decided");
        cases.isWell();
        cases.leadsBack();
        cases.balance();
    }

    @Test
    void aDecisionWhoseAnswerIsLostCountsWhenTheUndoCannotBeWritten() throws Exception {
        lab.restart();
        lab.awaitWrites();
        toTarget.decisions(Fate.ANSWER_IS_LOST, servers.source()::crash);

        // when
        assertThatThrownBy(() -> lab.ask("CUTOVER " + lab.database() + " TO green"))
                .hasMessageContaining("clients stay held");

        // then: without the source, and without a new process
        lab.awaitServing("green");
        lab.awaitWrites();
        servers.source().restart();
        cases.wasLedTo("green");
        cases.isWell();
        cases.leadsBack();
        cases.balance();
    }

    @Test
    void aDecisionThatClientsWereLetGoOnStandsWhateverUndoBecomesVisibleLater() throws Exception {
        lab.restart();
        lab.awaitWrites();
        // given: an undo that is on its way to be committed, and stays there
        toTarget.decisions(Fate.ANSWER_IS_LOST, this::undoWithoutCommit);
        try {
            assertThatThrownBy(() -> lab.ask("CUTOVER " + lab.database() + " TO green"))
                    .hasMessageContaining("clients stay held");
            lab.awaitServing("green");
            lab.awaitWrites();

            // when
            late.orElseThrow().commit();
        } finally {
            late.orElseThrow().close();
        }

        // then
        lab.repair("");
        assertThat(lab.route()).containsEntry("server", "green");
        cases.wasLedTo("green");
        cases.isWell();
        cases.leadsBack();
        cases.balance();
    }

    /// As the run itself does it.
    private void undoWithoutCommit() {
        try {
            var source = servers.source().connect(servers.database());
            late = Optional.of(source);
            Sql.run(source, "set default_transaction_read_only = off");
            source.setAutoCommit(false);
            var open = Records.read(source, servers.database()).getLast();
            Records.put(
                    source,
                    new EpochRecord(
                            new EpochRecord.Turn(
                                    open.epoch() + 1,
                                    open.turn().attempt(),
                                    "blue",
                                    open.turn().instance()),
                            EpochRecord.Kind.UNDONE,
                            open.databases(),
                            Line.Positions.NONE,
                            ""));
            ServerBooks.liftAll(source, servers.database());
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aFenceThatNeverArrivesIsUndone() throws Exception {
        lab.restart();
        lab.awaitWrites();
        toSource.fences(Fate.NEVER_ARRIVES, () -> {});

        isGivenUp(toSource, BLUE_SERVES);

        cases.isWell();
        cases.leadsBack();
        cases.balance();
    }

    @Test
    void aFenceWhoseAnswerIsLostIsLiftedWithTheUndo() throws Exception {
        lab.restart();
        lab.awaitWrites();
        toSource.fences(Fate.ANSWER_IS_LOST, () -> assertThat(lab.isFenced("blue")).isTrue());

        isGivenUp(toSource, BLUE_SERVES);

        cases.isWell();
        cases.leadsBack();
        cases.balance();
    }

    @Test
    void aFenceThatMayStillComeKeepsClientsHeldUntilItIsLifted() throws Exception {
        lab.restart();
        lab.awaitWrites();
        toSource.fences(Fate.IS_DETAINED, () -> {});

        isGivenUp(toSource, "clients stay held until it is settled");

        // then: nobody can say whether the source will be fenced
        assertThat(lab.isFenced("blue")).isFalse();
        assertThat(lab.route()).containsEntry("state", "undecided");
        assertThat(lab.why()).anyMatch(row -> row.toString().contains("a fence may stand"));

        // when: it comes after all
        toSource.deliver();

        // then
        cases.isWell();
        cases.leadsBack();
        cases.balance();
    }

    @Test
    void aKillWhileALeftServerIsOpenForOurLoginsLeavesItFenced() throws Exception {
        // given: blue is left
        lab.restart();
        lab.awaitWrites();
        cases.leadsBack();
        var doomed = lab.living();
        var fenced = new ArrayList<Boolean>();
        toSource.before(
                "user\0" + CrossingLab.USER,
                () -> {
                    fenced.add(lab.isFenced("blue"));
                    doomed.kill();
                });

        // when: on the way back, with the first login of a client's role to blue
        lab.dies(doomed, "blue");

        // then
        assertThat(fenced).containsExactly(false);
        lab.restart();
        cases.isWell();
        cases.leadsBack();
        cases.balance();
    }

    @TestFactory
    Stream<DynamicTest> aKillAfterTheUndoLeavesTheSourceServing() {
        return tests(
                Stream.of(
                        Kill.at(Step.UNDONE),
                        new Kill(Step.UNDONE, Away.SOURCE, State.KEPT),
                        new Kill(Step.UNDONE, Away.TARGET, State.KEPT),
                        new Kill(Step.UNDONE, Away.SOURCE, State.LOST),
                        new Kill(Step.UNDONE, Away.TARGET, State.LOST)));
    }

    /// With the source away, the decision is all that anybody can see; the last one leads to green.
    @TestFactory
    Stream<DynamicTest> aKillBetweenTheUndoAndTheJournalLeadsToOneEnd() {
        return tests(
                Stream.of(Away.NOBODY, Away.TARGET, Away.SOURCE)
                        .map(away -> new Kill(Step.UNDO_COMMITTED, away, State.KEPT)));
    }

    private Stream<DynamicTest> tests(Stream<Kill> kills) {
        return Stream.concat(
                kills.map(this::kill),
                Stream.of(
                        DynamicTest.dynamicTest("the way back", cases::leadsBack),
                        DynamicTest.dynamicTest("the ledger", cases::balance)));
    }

    private DynamicTest kill(Kill kill) {
        return DynamicTest.dynamicTest(
                kill.toString(),
                () -> {
                    var met = toTarget.met();
                    toTarget.decisions(Fate.ANSWER_IS_LOST, () -> {});
                    cases.happens(kill);
                    assertThat(toTarget.met()).isEqualTo(met + 1);
                });
    }
}
