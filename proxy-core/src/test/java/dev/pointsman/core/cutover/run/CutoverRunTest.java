package dev.pointsman.core.cutover.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.core.config.CutoverSettings;
import dev.pointsman.core.cutover.record.Silence;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.report.Trouble;
import dev.pointsman.core.meter.Meter;
import dev.pointsman.core.migration.passage.Ours;
import dev.pointsman.core.migration.passage.Passage.Claim;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The runbook against surroundings that do as they are told: its order, and where failures lead.
class CutoverRunTest {
    private final ScriptedSurroundings around = new ScriptedSurroundings();
    private final Will will = new Will();
    private final List<Step> steps = new ArrayList<>();
    private final Meter meter = new Meter("test");
    private Duration holdLimit = Duration.ofSeconds(20);
    private Silence silence = new Silence(Duration.ofMinutes(2), Duration.ZERO);
    private boolean dry;
    private Step.Watch watch = steps::add;

    @AfterEach
    void close() {
        meter.close();
    }

    private Ending run() {
        var with = CutoverSettings.defaults();
        var settings =
                new CutoverSettings(
                        with.calmTimeout(),
                        Duration.ofMillis(50),
                        holdLimit,
                        with.stragglers(),
                        with.attempts(),
                        with.attemptPause(),
                        with.fence(),
                        with.strangers(),
                        with.ignoreStrangers(),
                        with.sequences(),
                        with.maxLagBytes());
        var plan =
                new Plan(
                        new Claim(42, dry ? -1 : 1, 1, "green", dry),
                        "blue",
                        settings,
                        new Ours(Set.of(), "pointsman/test", Set.of(), false),
                        Set.of());
        var course = new Course("shop", meter.database("shop"), _ -> {});
        return new Cutover(
                        plan,
                        new Cutover.Parts(around, around, around, course, will),
                        watch,
                        silence)
                .run();
    }

    private void leadsBack(Ending ending) {
        assertThat(ending.outcome()).isEqualTo(Outcome.ROLLED_BACK);
        assertThat(ending.message()).endsWith("; blue still serves");
        assertThat(around.calls())
                .contains("undo")
                .doesNotContain("swap to green", "journal decided", "keepHeld")
                .endsWith("unseal blue", "retire green", "refenceTarget");
        if (around.calls().contains("hold")) {
            assertThat(around.calls()).containsSubsequence("hold", "undo", "letGo");
        }
    }

    private void nobodyIsLetGoBefore(String call) {
        assertThat(around.calls()).containsSubsequence(call, "letGo");
        assertThat(around.calls().indexOf("letGo")).isGreaterThan(around.calls().indexOf(call));
    }

    @Test
    void theRunDoesOneThingAfterTheOther() {
        // when
        var ending = run();

        // then
        assertThat(ending.outcome()).isEqualTo(Outcome.SWITCHED);
        assertThat(around.calls())
                .containsExactly(
                        "conditions",
                        "clearLeftovers",
                        "openTarget",
                        "warm",
                        "closeTarget",
                        "prepare",
                        "longTransactions",
                        "endWarming green",
                        "seal blue",
                        "requireAlone",
                        "announceFence",
                        "raiseFence",
                        "strangers",
                        "requireNoStrays",
                        "journal open",
                        "claim",
                        "hold",
                        "bound",
                        "drain",
                        "mark",
                        "arrive",
                        "confirmHorizon",
                        "decide",
                        "journal decided",
                        "swap to green",
                        "lockHolders",
                        "endUncarriable",
                        "letGo",
                        "unseal blue",
                        "carryOver");
        assertThat(steps)
                .containsExactly(
                        Step.CHECKED,
                        Step.WARMED,
                        Step.FENCED,
                        Step.OPENED,
                        Step.HELD,
                        Step.DRAINED,
                        Step.MARKED,
                        Step.ARRIVED,
                        Step.CONFIRMED,
                        Step.DECIDED,
                        Step.JOURNALLED,
                        Step.SWAPPED,
                        Step.RELEASED);
    }

    @Test
    void aRehearsalHoldsAndProvesAndChangesNothing() {
        // given
        dry = true;

        // when
        var ending = run();

        // then
        assertThat(ending.outcome()).isEqualTo(Outcome.REHEARSED);
        assertThat(around.calls())
                .containsSubsequence("hold", "mark", "arrive", "decide", "letGo", "journal dry")
                .doesNotContain(
                        "raiseFence",
                        "journal open",
                        "claim",
                        "journal decided",
                        "swap to green",
                        "undo");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "conditions",
                "clearLeftovers",
                "openTarget",
                "warm",
                "closeTarget",
                "prepare",
                "longTransactions",
                "endWarming green",
                "seal blue",
                "requireAlone",
                "announceFence"
            })
    void aFailureBeforeTheFenceChangesNothing(String call) {
        // given
        around.fail(call, 1);

        // when
        var ending = run();

        // then
        assertThat(ending.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(around.calls())
                .doesNotContain("raiseFence", "journal open", "hold", "undo", "swap to green")
                .endsWith("unseal blue", "retire green", "refenceTarget");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "raiseFence",
                "strangers",
                "requireNoStrays",
                "journal open",
                "claim",
                "hold",
                "bound",
                "drain",
                "mark",
                "arrive",
                "confirmHorizon",
                "decide",
                "journal decided"
            })
    void aFailureBetweenTheFenceAndTheJournalLeadsBack(String call) {
        // given
        around.fail(call, 1);

        // when
        var ending = run();

        // then
        assertThat(ending.message()).contains(call + " fails");
        assertThat(ending.outcome()).isEqualTo(Outcome.ROLLED_BACK);
        assertThat(around.calls())
                .contains("undo")
                .doesNotContain("swap to green", "keepHeld")
                .endsWith("unseal blue", "retire green", "refenceTarget");
        if (around.calls().contains("bound")) {
            nobodyIsLetGoBefore("undo");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "swap to green",
                "lockHolders",
                "endUncarriable",
                "letGo",
                "unseal blue",
                "carryOver"
            })
    void aFailureAfterTheJournalNeverLeadsBackAndIsNoOutcomeThatNobodyKnows(String call) {
        // given
        around.fail(call, 1);

        // when
        var ending = run();

        // then
        assertThat(ending.outcome()).isEqualTo(Outcome.SWITCHED);
        assertThat(ending.message()).isEqualTo("green serves");
        assertThat(ending.warnings())
                .singleElement()
                .matches(Trouble::isIn)
                .asString()
                .contains(call + " fails");
        assertThat(around.calls())
                .contains("journal decided")
                .doesNotContain("undo")
                .endsWith("keepHeld", "letGo");
    }

    @ParameterizedTest
    @CsvSource({"arrive, undo", "decide, undo", "journal decided, undo", "decide, journal undone"})
    void anUndoThatCannotBeWrittenKeepsClientsHeld(String call, String undo) {
        // given
        around.fail(call, 1);
        around.fail(undo, Integer.MAX_VALUE);

        // when
        var ending = run();

        // then
        assertThat(ending.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(ending.message()).contains("clients stay held");
        nobodyIsLetGoBefore("keepHeld");
        assertThat(around.calls())
                .doesNotContain("unseal blue", "swap to green")
                .endsWith("refenceTarget", "keepHeld", "letGo");
        assertThat(steps).doesNotContain(Step.UNDONE);
    }

    @Test
    void anUndoIsTriedAgain() {
        // given
        around.fail("decide", 1);
        around.fail("undo", 1);
        silence = new Silence(Duration.ofMinutes(2), Duration.ofMinutes(1));

        // when
        var ending = run();

        // then
        assertThat(around.calls())
                .containsSubsequence("decide", "undo", "undo", "journal undone", "letGo");
        leadsBack(ending);
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"FENCED", "OPENED", "HELD", "DRAINED", "MARKED", "ARRIVED", "CONFIRMED"})
    void aCancelBeforeTheDecisionLeadsBack(Step at) {
        // given
        watch =
                step -> {
                    if (step == at) {
                        will.cancel();
                    }
                };

        // when
        var ending = run();

        // then
        assertThat(ending.message()).contains("it was cancelled");
        assertThat(around.calls()).doesNotContain("decide");
        leadsBack(ending);
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"DECIDED", "JOURNALLED", "SWAPPED", "RELEASED"})
    void aCancelAfterTheDecisionDoesNothing(Step at) {
        // given
        watch =
                step -> {
                    if (step == at) {
                        assertThat(will.cancel()).isFalse();
                    }
                };

        // when
        var ending = run();

        // then
        assertThat(ending.outcome()).isEqualTo(Outcome.SWITCHED);
    }

    @Test
    void aHoldThatTookTooLongIsNotDecided() {
        // given
        holdLimit = Duration.ZERO;

        // when
        var ending = run();

        // then
        assertThat(ending.message()).contains("hold limit");
        assertThat(around.calls()).doesNotContain("decide");
        leadsBack(ending);
    }

    @Test
    void aHoldThatWouldOutlastWhatOthersWereToldDoesNotBegin() {
        // given
        silence = new Silence(Duration.ZERO, Duration.ZERO);

        // when
        var ending = run();

        // then
        assertThat(ending.message()).contains("longer than others were told");
        assertThat(around.calls())
                .containsSubsequence("seal blue", "raiseFence", "journal open")
                .doesNotContain("hold", "decide");
        leadsBack(ending);
    }

    @Test
    void stragglersAreAReasonToTryAgain() {
        // given
        around.drains = false;

        // when
        var ending = run();

        // then
        assertThat(ending.again()).isTrue();
        assertThat(around.calls()).doesNotContain("mark");
        leadsBack(ending);
    }

    @Test
    void aFaultOfTheJvmKeepsClientsHeld() {
        // given
        watch =
                step -> {
                    if (step == Step.ARRIVED) {
                        throw new OutOfMemoryError("scripted");
                    }
                };

        // when, then
        assertThatThrownBy(this::run).isInstanceOf(OutOfMemoryError.class);
        assertThat(around.calls()).doesNotContain("undo", "swap to green", "unseal blue");
        nobodyIsLetGoBefore("keepHeld");
    }
}
