package dev.pointsman.core.cutover.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.config.CutoverSettings;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;

/// What others are told of the silence of an attempt.
class SilenceTest {
    @ParameterizedTest
    @ValueSource(strings = {"PT0.05S", "PT2S", "PT30M", "PT24H"})
    void whateverHoldIsConfiguredIsCoveredWithWhatSurroundsIt(String hold) {
        // given
        var with = CutoverSettings.defaults();
        var settings =
                new CutoverSettings(
                        with.calmTimeout(),
                        with.drainTimeout(),
                        Duration.parse(hold),
                        with.stragglers(),
                        with.attempts(),
                        with.attemptPause(),
                        with.fence(),
                        with.strangers(),
                        with.ignoreStrangers(),
                        with.sequences(),
                        with.maxLagBytes());
        var limits = Silence.LIMITS;

        // then
        assertThat(limits.promised(settings))
                .isGreaterThan(limits.beforeHold().plus(settings.holdLimit()).plus(limits.undo()));
    }
}
