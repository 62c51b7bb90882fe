package dev.pointsman.core.migration.passage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.migration.passage.Sequences.Steps;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How far ahead a sequence can be set that goes on by these steps.
class SequenceStepsTest {
    private static final long MARGIN = 10_000;

    private static Steps by(long increment) {
        return new Steps(increment, Long.MIN_VALUE, Long.MAX_VALUE, false);
    }

    @Test
    void aSequenceWithRoomIsSetThatManyStepsAhead() {
        assertThat(by(3).ahead(5, MARGIN)).hasValue(30_005);
        assertThat(by(-3).ahead(5, MARGIN)).hasValue(-29_995);
    }

    /// The last two come back near to where they began when they are multiplied with a margin of
    /// ten thousand in 64 bits.
    @ParameterizedTest
    @ValueSource(
            longs = {
                922_337_203_685_478L,
                -922_337_203_685_478L,
                1_844_674_407_370_956L,
                -1_844_674_407_370_956L
            })
    void anIncrementThatLeadsBeyondAllNumbersLeavesNoRoom(long increment) {
        assertThat(by(increment).ahead(5, MARGIN)).isEmpty();
    }

    @Test
    void aSequenceThatCyclesOrIsNearlyExhaustedLeavesNone() {
        assertThat(new Steps(1, 1, 20_000, true).ahead(5, MARGIN)).isEmpty();
        assertThat(new Steps(1, 1, 10_004, false).ahead(5, MARGIN)).isEmpty();
        assertThat(new Steps(-1, -9_994, 20_000, false).ahead(5, MARGIN)).isEmpty();
        assertThat(by(1).ahead(Long.MAX_VALUE - 1, MARGIN)).isEmpty();
    }
}
