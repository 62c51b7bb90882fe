package dev.pointsman.cli.bench.pause;

import dev.pointsman.cli.bench.Sample;

import java.util.Arrays;
import java.util.SplittableRandom;

/// How a ratio of two medians would spread if the rounds were drawn again: the middle 90 % of draws
/// with replacement, always the same draws for the same values.
record Ratio(double median, double low, double high) {
    /// The spread is wider than a factor of this: the machine was too noisy to tell.
    private static final double NOISY = 2;

    private static final int RESAMPLES = 5_000;
    private static final long SEED = 20_250_114;

    static Ratio of(Sample ours, Sample theirs) {
        var random = new SplittableRandom(SEED);
        var ratios = new double[RESAMPLES];
        Arrays.setAll(ratios, _ -> ours.drawn(random) / theirs.drawn(random));
        Arrays.sort(ratios);
        return new Ratio(
                ours.median() / theirs.median(),
                ratios[RESAMPLES / 20],
                ratios[RESAMPLES - 1 - RESAMPLES / 20]);
    }

    Verdict verdict() {
        if (high / low > NOISY) {
            return Verdict.TOO_NOISY;
        }
        return high < 1 ? Verdict.SHORTER : low > 1 ? Verdict.LONGER : Verdict.NO_DIFFERENCE;
    }

    /// What the ratio says of our pause.
    enum Verdict {
        SHORTER("our pause is shorter"),
        LONGER("our pause is longer"),
        NO_DIFFERENCE("no difference can be shown"),
        TOO_NOISY("no verdict: the machine was too noisy, run it again on an idle one");

        private final String words;

        Verdict(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }
}
