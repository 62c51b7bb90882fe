package dev.pointsman.cli.bench.pause;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.bench.Sample;
import dev.pointsman.cli.bench.pause.Ratio.Verdict;

import org.junit.jupiter.api.Test;

import java.util.Arrays;

class RatioTest {
    private static Sample of(double... values) {
        return new Sample(Arrays.stream(values).boxed().toList());
    }

    @Test
    void apartSamplesGiveAVerdictEachWay() {
        var low = of(5, 6, 7, 6, 5, 6);
        var high = of(15, 16, 17, 16, 15, 16);
        assertThat(Ratio.of(low, high).verdict()).isEqualTo(Verdict.SHORTER);
        assertThat(Ratio.of(high, low).verdict()).isEqualTo(Verdict.LONGER);
    }

    @Test
    void equalSamplesShowNoDifference() {
        var one = of(10, 11, 12, 13, 14);
        var other = of(11, 12, 10, 14, 13);
        assertThat(Ratio.of(one, other).verdict()).isEqualTo(Verdict.NO_DIFFERENCE);
    }

    @Test
    void aWideSpreadGivesNoVerdict() {
        var wild = of(1, 100, 2, 90, 3);
        var calm = of(50, 51, 52, 50, 51);
        assertThat(Ratio.of(wild, calm).verdict()).isEqualTo(Verdict.TOO_NOISY);
    }

    @Test
    void theSameValuesAreDrawnTheSameWay() {
        var one = of(3, 1, 4, 1, 5);
        var other = of(9, 2, 6, 5, 3);
        assertThat(Ratio.of(one, other)).isEqualTo(Ratio.of(one, other));
    }
}
