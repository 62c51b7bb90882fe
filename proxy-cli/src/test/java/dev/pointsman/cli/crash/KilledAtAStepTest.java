package dev.pointsman.cli.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.crash.Cases.Away;
import dev.pointsman.cli.crash.Cases.Kill;
import dev.pointsman.cli.crash.Cases.State;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.run.Step;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/// The program, as a person starts it, is killed under load in the middle of cutovers, there and
/// back and there again on the same pair of servers. The tables have a key and none, so that
/// nothing doubled can hide.
@Tag("real")
class KilledAtAStepTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @TempDir Path folder;

    @AfterEach
    void liftFences() throws Exception {
        CrossingLab.liftFences(servers);
    }

    @TestFactory
    Stream<DynamicTest> clientsGoOnAfterAKillAtEveryStep() throws Exception {
        return tests(Arrays.stream(Step.values()).map(Kill::at).filter(kill -> !kill.undone()));
    }

    @TestFactory
    Stream<DynamicTest> clientsGoOnOrAreHeldWhateverElseIsAway() throws Exception {
        return tests(
                Stream.of(
                        new Kill(Step.OPENED, Away.SOURCE, State.KEPT),
                        new Kill(Step.MARKED, Away.TARGET, State.KEPT),
                        new Kill(Step.MARKED, Away.SOURCE, State.LOST),
                        new Kill(Step.MARKED, Away.TARGET, State.LOST),
                        new Kill(Step.ARRIVED, Away.SOURCE, State.KEPT),
                        new Kill(Step.ARRIVED, Away.NOBODY, State.LOST),
                        new Kill(Step.DECIDED, Away.SOURCE, State.KEPT),
                        new Kill(Step.DECIDED, Away.TARGET, State.KEPT),
                        new Kill(Step.DECIDED, Away.NOBODY, State.LOST),
                        new Kill(Step.DECIDED, Away.SOURCE, State.LOST),
                        new Kill(Step.DECIDED, Away.TARGET, State.LOST),
                        new Kill(Step.JOURNALLED, Away.SOURCE, State.KEPT),
                        new Kill(Step.JOURNALLED, Away.TARGET, State.KEPT),
                        new Kill(Step.SWAPPED, Away.SOURCE, State.LOST),
                        new Kill(Step.SWAPPED, Away.TARGET, State.LOST)));
    }

    @TestFactory
    Stream<DynamicTest> clientsThatKeepTheirConnectionsGoOnToo() throws Exception {
        CrossingLab.lay(servers);
        var ports = new CrossingLab.Ports(servers.source().port(), servers.target().port());
        return tests(
                CrashLab.over(servers, folder, ports, CrossingLab.Setup.of("session")),
                Stream.of(Kill.at(Step.DRAINED), Kill.at(Step.DECIDED), Kill.at(Step.SWAPPED)));
    }

    /// The undo that a start makes is on the source, and the journal does not know of it yet.
    @Test
    void clientsGoOnAfterAStartThatWasKilledWhileItUndidWhatAKilledOneLeft() throws Exception {
        try (var lab = CrashLab.open(servers, folder)) {
            var cases = new Cases(lab);
            lab.killAt(Step.ARRIVED, "green");

            // when
            lab.diesAtStart(Step.UNDO_COMMITTED);

            // then
            assertThat(lab.isFenced("blue")).isFalse();
            lab.restart();
            cases.isWell();
            cases.leadsBack();
            cases.balance();
        }
    }

    /// By SIGTERM: nothing is left in the middle that the next start would not see through.
    @TestFactory
    Stream<DynamicTest> clientsGoOnAfterAStopInTheMiddle() throws Exception {
        var lab = CrashLab.open(servers, folder);
        lab.restart();
        var cases = new Cases(lab);
        var stops =
                Stream.of(Step.HELD, Step.DECIDED, Step.SWAPPED)
                        .flatMap(
                                step ->
                                        Stream.of(
                                                stop(cases, step, false), stop(cases, step, true)));
        return tests(lab, cases, stops);
    }

    private static DynamicTest stop(Cases cases, Step step, boolean stuck) {
        return DynamicTest.dynamicTest(
                "told to stop at " + step + (stuck ? ", where it is stuck" : ""),
                () -> cases.isStopped(step, stuck));
    }

    private Stream<DynamicTest> tests(Stream<Kill> kills) throws Exception {
        return tests(CrashLab.open(servers, folder), kills);
    }

    private static Stream<DynamicTest> tests(CrashLab lab, Stream<Kill> kills) {
        var cases = new Cases(lab);
        return tests(
                lab,
                cases,
                kills.map(
                        kill ->
                                DynamicTest.dynamicTest(
                                        kill.toString(), () -> cases.happens(kill))));
    }

    private static Stream<DynamicTest> tests(
            CrashLab lab, Cases cases, Stream<DynamicTest> survived) {
        return Stream.concat(
                        survived,
                        Stream.of(
                                DynamicTest.dynamicTest("the way back", cases::leadsBack),
                                DynamicTest.dynamicTest("the ledger", cases::balance)))
                .onClose(lab::close);
    }
}
