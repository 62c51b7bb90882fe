package dev.pointsman.core.cutover.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.meter.Meter;
import dev.pointsman.core.migration.passage.Passage.Unmet;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Set;

/// Conditions of a cutover that are not met, and what an operator may accept of them.
class UnmetConditionsTest {
    private final ScriptedSurroundings around = new ScriptedSurroundings();
    private final Meter meter = new Meter("test");

    @AfterEach
    void close() {
        meter.close();
    }

    private Ending run(String... accepted) {
        return around.run(meter, accepted);
    }

    @Test
    void eachIsToldWithItsMend() {
        // given
        around.unmet = List.of(new Unmet("worker", "it has stopped", "Start it."));

        // when
        var ending = run();

        // then
        assertThat(ending.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(ending.message()).contains("worker: it has stopped. Start it.");
        assertThat(around.calls()).doesNotContain("warm");
    }

    @Test
    void whatIsAcceptedIsAWarning() {
        // given
        around.unmet = List.of(new Unmet("lag", "5 bytes behind", "Wait."));

        // when
        var ending = run("lag");

        // then
        assertThat(ending.outcome()).isEqualTo(Outcome.SWITCHED);
    }

    @Test
    void whoCouldNoLongerWriteIsNamed() {
        // given
        around.losing = Set.of("reporting");

        // when
        var ending = run();

        // then
        assertThat(ending.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(ending.message()).contains("user reporting", "read-only", "server green");
        assertThat(around.calls())
                .containsSubsequence("warm", "retire green")
                .containsOnlyOnce("retire green")
                .doesNotContain("hold");
    }

    @Test
    void whoCouldNoLongerWriteIsAccepted() {
        // given
        around.losing = Set.of("reporting");

        // when
        var ending = run("read-only");

        // then
        assertThat(ending.outcome()).isEqualTo(Outcome.SWITCHED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "prepared_transactions",
                "primary",
                "sees_sessions",
                "sequences",
                "subscription",
                "table_lists",
                "tables_ready"
            })
    void whatWouldLoseDataCannotBeAccepted(String id) {
        // given
        around.unmet = List.of(new Unmet(id, "it is so", "Change it."));

        // when
        var ending = run(id);

        // then
        assertThat(ending.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(ending.message()).contains(id + ": it is so. Change it.");
    }

    @Test
    void strangersAreNamedAndNobodyIsHeld() {
        // given
        around.strangers = List.of("on blue: pid 7, user cron");

        // when
        var ending = run();

        // then
        assertThat(ending.message()).contains("user cron");
        assertThat(ending.again()).isFalse();
        assertThat(ending.outcome()).isEqualTo(Outcome.ROLLED_BACK);
        assertThat(around.calls())
                .contains("undo")
                .doesNotContain("hold", "swap to green", "keepHeld");
    }
}
