package dev.pointsman.core.meter;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/// A histogram with fixed bounds that event loops may write to: recording takes no lock and
/// allocates nothing. Reads are racy by a recording or two, as all scrapes are.
final class Buckets {
    /// From 1 ms to 10 s for pauses, with finer steps below for queries; in nanoseconds.
    private static final long[] BOUNDS = {
        100_000L,
        250_000L,
        500_000L,
        1_000_000L,
        2_000_000L,
        3_000_000L,
        5_000_000L,
        7_500_000L,
        10_000_000L,
        15_000_000L,
        25_000_000L,
        50_000_000L,
        100_000_000L,
        250_000_000L,
        500_000_000L,
        1_000_000_000L,
        2_500_000_000L,
        5_000_000_000L,
        10_000_000_000L
    };

    private static final double NANOS = 1e9;

    private final LongAdder[] counts = new LongAdder[BOUNDS.length + 1];
    private final LongAdder sum = new LongAdder();

    Buckets() {
        Arrays.setAll(counts, _ -> new LongAdder());
    }

    void record(long nanos) {
        var at = 0;
        while (at < BOUNDS.length && nanos > BOUNDS[at]) {
            at++;
        }
        counts[at].increment();
        sum.add(nanos);
    }

    ClassicHistogramBuckets snapshot() {
        var bounds = new double[counts.length];
        var now = new long[counts.length];
        for (var i = 0; i < counts.length; i++) {
            bounds[i] = i < BOUNDS.length ? BOUNDS[i] / NANOS : Double.POSITIVE_INFINITY;
            now[i] = counts[i].sum();
        }
        return ClassicHistogramBuckets.of(bounds, now);
    }

    long sumMicros() {
        return sum.sum() / 1000;
    }

    double sumSeconds() {
        return sum.sum() / NANOS;
    }
}
