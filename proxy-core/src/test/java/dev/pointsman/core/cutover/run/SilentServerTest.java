package dev.pointsman.core.cutover.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.cluster.backend.Unconfirmed;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.meter.Meter;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// A server that does not answer within the pause, and what it says to that when it is asked.
class SilentServerTest {
    private final ScriptedSurroundings around = new ScriptedSurroundings();
    private final Meter meter = new Meter("test");
    private List<String> awaited = List.of();

    @BeforeEach
    void nobodyAnswersTheDecision() {
        around.atDecision =
                Optional.of(
                        new Unconfirmed(
                                "green",
                                new SQLException("Read timed out", "08006"),
                                () -> {
                                    around.note("why is green silent");
                                    return awaited;
                                }));
    }

    @AfterEach
    void close() {
        meter.close();
    }

    @Test
    void isAskedWhyWhenClientsAreLetGo() {
        // given
        awaited = List.of("nobody");

        // when
        var ending = around.run(meter);

        // then
        assertThat(ending.outcome()).isEqualTo(Outcome.ROLLED_BACK);
        assertThat(ending.message())
                .contains("no synchronous standby has confirmed", "= 'nobody'")
                .endsWith("; blue still serves");
        assertThat(around.calls())
                .containsSubsequence("decide", "undo", "letGo", "refenceTarget")
                .containsOnlyOnce("why is green silent")
                .endsWith("why is green silent");
    }

    @Test
    void thatSaysNothingIsWhatIsTold() {
        // when
        var ending = around.run(meter);

        // then
        assertThat(ending.message())
                .isEqualTo(
                        "server green did not answer within the limit; what it was told may still"
                                + " take effect there; blue still serves");
    }

    @Test
    void isAskedWhyWhenSomebodyElseKeepsClientsHeld() {
        // given
        around.fail("undo", Integer.MAX_VALUE);

        // when
        var ending = around.run(meter);

        // then
        assertThat(ending.outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(around.calls())
                .containsSubsequence("decide", "keepHeld", "letGo", "why is green silent");
    }
}
