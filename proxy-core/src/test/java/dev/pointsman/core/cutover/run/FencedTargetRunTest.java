package dev.pointsman.core.cutover.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.meter.Meter;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A target that was left before, and lets nobody in.
class FencedTargetRunTest {
    private final ScriptedSurroundings around = new ScriptedSurroundings();
    private final Meter meter = new Meter("test");

    @AfterEach
    void close() {
        meter.close();
    }

    @Test
    void aRehearsalOpensNoConnectionToIt() {
        // given
        around.dry = true;
        around.keepsFence = true;

        // when
        var ending = around.run(meter);

        // then
        assertThat(ending.outcome()).isEqualTo(Outcome.REHEARSED);
        assertThat(ending.warnings())
                .containsExactly(
                        "logins to green were not tried: it is fenced, and a rehearsal lets nobody"
                                + " in");
        assertThat(around.calls()).contains("closeTarget", "prepare").doesNotContain("warm");
    }
}
