package dev.pointsman.cli.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.cli.crash.Cases.Away;
import dev.pointsman.cli.crash.Cases.Kill;
import dev.pointsman.cli.crash.Cases.State;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.real.RealServers;
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
import java.util.stream.Stream;

/// The connection to the target breaks around the decision: the run cannot know whether it was
/// committed there, and must lead to one end all the same.
@Tag("real")
class LostDecisionTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @TempDir Path folder;
    private Relay relay;
    private CrashLab lab;
    private Cases cases;

    @BeforeEach
    void open() throws Exception {
        relay = Relay.to(servers.target().port());
        lab = CrashLab.open(servers, folder, relay.port());
        cases = new Cases(lab);
    }

    @AfterEach
    void close() throws Exception {
        lab.close();
        relay.close();
        for (var server : servers.all()) {
            if (!server.isRunning()) {
                server.restart();
            }
        }
        CrossingLab.liftFences(servers);
    }

    private void isGivenUp() {
        assertThatThrownBy(() -> lab.ask("CUTOVER " + lab.database() + " TO green"))
                .hasMessageContaining("blue still serves");
        assertThat(relay.met()).isEqualTo(1);
    }

    @Test
    void aDecisionThatNeverArrivesIsUndone() throws Exception {
        lab.restart();
        lab.awaitWrites();
        relay.decisions(Relay.Fate.NEVER_ARRIVES, () -> {});

        isGivenUp();

        cases.isWell();
        cases.leadsBack();
        cases.balance();
    }

    @Test
    void aDecisionWhoseAnswerIsLostIsUndoneByALaterEpoch() throws Exception {
        lab.restart();
        lab.awaitWrites();
        relay.decisions(Relay.Fate.ANSWER_IS_LOST, () -> {});

        isGivenUp();

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
        relay.decisions(Relay.Fate.ANSWER_IS_LOST, servers.source()::crash);

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

    @TestFactory
    Stream<DynamicTest> aKillAfterTheUndoLeavesTheSourceServing() {
        return Stream.of(
                kill(Away.SOURCE, State.KEPT),
                kill(Away.SOURCE, State.LOST),
                kill(Away.TARGET, State.LOST));
    }

    private DynamicTest kill(Away away, State state) {
        var kill = new Kill(Step.UNDONE, away, state);
        return DynamicTest.dynamicTest(
                kill.toString(),
                () -> {
                    var met = relay.met();
                    relay.decisions(Relay.Fate.ANSWER_IS_LOST, () -> {});
                    cases.happens(kill);
                    assertThat(relay.met()).isEqualTo(met + 1);
                });
    }
}
