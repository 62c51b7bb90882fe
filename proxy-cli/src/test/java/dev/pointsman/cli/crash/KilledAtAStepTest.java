package dev.pointsman.cli.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.run.Step;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;

/// A proxy under load is killed at each step of a cutover in turn, there and back and there again
/// on the same pair of servers; what comes up after it must have clients go on where the step says.
@Tag("real")
class KilledAtAStepTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    /// From here on the target shows the decision.
    private static final Set<Step> DECIDED = EnumSet.range(Step.DECIDED, Step.RELEASED);

    private static final Set<Step> AFTER = EnumSet.range(Step.SOURCE_TOLD, Step.FINISHED);

    @TempDir Path folder;

    @AfterEach
    void liftFences() throws Exception {
        for (var server : servers.all()) {
            var database = servers.database();
            server.execute("postgres", "alter database " + database + " reset all");
            server.execute("postgres", "alter database " + database + " connection limit -1");
        }
    }

    private static boolean leadsOn(Step step) {
        return DECIDED.contains(step) || AFTER.contains(step);
    }

    @TestFactory
    Stream<DynamicTest> clientsGoOnAfterAKillAtEveryStep() throws Exception {
        var lab = CrashLab.open(servers, folder, "attempts: 1, drain_timeout: 5s, hold_limit: 20s");
        var cases = new Cases(lab);
        return Stream.concat(
                        Arrays.stream(System.getenv("STEPS")==null?Step.values():Arrays.stream(System.getenv("STEPS").split(",")).map(Step::valueOf).toArray(Step[]::new))
                                .filter(step -> step != Step.UNDONE)
                                .map(
                                        step ->
                                                DynamicTest.dynamicTest(
                                                        "killed at " + step,
                                                        () -> cases.both(step, leadsOn(step)))),
                        Stream.of(DynamicTest.dynamicTest("the ledger", cases::end)))
                .onClose(lab::close);
    }

    /// The cases of one pair of servers, one after the other.
    private static final class Cases {
        private final CrashLab lab;
        private String serving = "blue";

        Cases(CrashLab lab) {
            this.lab = lab;
        }

        /// Both servers are there when it starts again.
        void both(Step step, boolean leadsOn) throws Exception {
            var target = CrashLab.other(serving);
            lab.killAt(step, target);

            // when
            lab.restart();

            // then
            serving = leadsOn ? target : serving;
            check();
        }

        private void check() throws Exception {
            lab.awaitServing(serving);
            lab.awaitWrites();
            CrashLab.awaiting("an end of what follows")
                    .untilAsserted(
                            () ->
                                    assertThat(lab.why())
                                            .filteredOn(row -> row.get("found_in").equals("summary"))
                                            .isEmpty());
            assertThat(lab.why())
                    .filteredOn(row -> row.get("decides").equals("t"))
                    .isNotEmpty()
                    .allSatisfy(row -> assertThat(row.get("server")).isEqualTo(serving));
            assertThat(lab.isFenced(serving)).as("%s fenced", serving).isFalse();
            lab.repair("");
            assertThat(lab.repair("")).containsExactly("nothing was unfinished");
            lab.awaitWrites();
            assertThat(lab.faults(serving)).isEmpty();
        }

        void end() throws Exception {
            lab.writers().stop();
            assertThat(lab.faults(serving)).isEmpty();
        }
    }
}
