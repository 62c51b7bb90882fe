package dev.pointsman.cli.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// Measured values in ascending order; at least one.
public record Sample(List<Double> values) {
    public Sample {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
        values = values.stream().sorted().toList();
    }

    public double min() {
        return values.getFirst();
    }

    public double max() {
        return values.getLast();
    }

    public double median() {
        return median(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /// The value that `share` of all do not exceed.
    public double quantile(double share) {
        int rank = (int) Math.ceil(share * values.size());
        return values.get(Math.max(0, rank - 1));
    }

    /// For people, in milliseconds.
    public String line() {
        return String.format(
                Locale.ROOT,
                "min %.1f  median %.1f  p90 %.1f  max %.1f ms",
                min(),
                median(),
                quantile(0.9),
                max());
    }

    /// The median of as many values, drawn with replacement.
    public double drawn(SplittableRandom random) {
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
