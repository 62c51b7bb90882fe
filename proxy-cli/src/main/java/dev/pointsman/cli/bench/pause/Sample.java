package dev.pointsman.cli.bench.pause;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// Measured values in ascending order; at least one.
record Sample(List<Double> values) {
    private static final int RESAMPLES = 5_000;
    private static final long SEED = 20_250_114;

    Sample {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
        values = values.stream().sorted().toList();
    }

    double min() {
        return values.getFirst();
    }

    double max() {
        return values.getLast();
    }

    double median() {
        return median(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /// The value that `share` of all do not exceed.
    double quantile(double share) {
        int rank = (int) Math.ceil(share * values.size());
        return values.get(Math.max(0, rank - 1));
    }

    /// For people, in milliseconds.
    String line() {
        return String.format(
                Locale.ROOT,
                "min %.1f  median %.1f  p90 %.1f  max %.1f ms",
                min(),
                median(),
                quantile(0.9),
                max());
    }

    /// How a ratio of two medians would spread if the rounds were drawn again: the middle 90 % of
    /// draws with replacement, always the same draws for the same values.
    record Ratio(double median, double low, double high) {
        /// The spread is wider than a factor of this: the machine was too noisy to tell.
        private static final double NOISY = 2;

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

    private double drawn(SplittableRandom random) {
        var draw = new double[values.size()];
        Arrays.setAll(draw, _ -> values.get(random.nextInt(values.size())));
        Arrays.sort(draw);
        return median(draw);
    }

    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
