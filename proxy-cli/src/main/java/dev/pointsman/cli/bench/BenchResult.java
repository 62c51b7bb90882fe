package dev.pointsman.cli.bench;

import dev.pointsman.cli.load.Verdict;
import dev.pointsman.cli.render.Terminal;

import org.HdrHistogram.Histogram;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What a run of the benchmark found.
///
/// @param latencies of every transaction, in nanoseconds
/// @param serverVersions those that clients were told at the start and the end, each once
public record BenchResult(
        Verdict verdict, Histogram latencies, Duration took, List<String> serverVersions) {
    private static final int BAR = 40;

    /// What percentiles people and programs are told.
    private static final double[] PERCENTILES = {50, 90, 99, 99.9};

    /// For programs.
    public Map<String, Object> fields() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("outcome", verdict.clean() ? "passed" : "failed");
        fields.put("acknowledged", verdict.acknowledged());
        fields.put("lost", verdict.lost());
        fields.put("duplicated", verdict.duplicated());
        fields.put("errors", verdict.errors());
        fields.put("cutovers", List.of());
        fields.put("server_versions", serverVersions);
        fields.put("transactions", latencies.getTotalCount());
        fields.put("transactions_per_second", rounded(perSecond()));
        var latency = new LinkedHashMap<String, Object>();
        for (var percentile : PERCENTILES) {
            latency.put(name(percentile), rounded(millis(percentile)));
        }
        latency.put("max", rounded(latencies.getMaxValue() / 1e6));
        fields.put("latency_ms", latency);
        fields.put("examples", verdict.examples());
        return fields;
    }

    /// For people.
    public void print(Terminal terminal) {
        terminal.line(
                String.format(
                        Locale.ROOT,
                        "%d transactions, %.1f a second",
                        latencies.getTotalCount(),
                        perSecond()));
        for (var percentile : PERCENTILES) {
            terminal.line(
                    String.format(
                            Locale.ROOT, "  %-6s %9.3f ms", name(percentile), millis(percentile)));
        }
        terminal.line(
                String.format(
                        Locale.ROOT, "  %-6s %9.3f ms", "max", latencies.getMaxValue() / 1e6));
        bars(terminal);
        terminal.line(verdict.line());
        verdict.examples().forEach(example -> terminal.line("  error at " + example));
        terminal.line(verdict.clean() ? terminal.good("passed") : terminal.bad("failed"));
    }

    /// How many transactions took up to 1/8, 1/4, 1/2, 1, 2, … milliseconds.
    private void bars(Terminal terminal) {
        for (var bucket : latencies.logarithmicBucketValues(125_000, 2)) {
            var count = bucket.getCountAddedInThisIterationStep();
            if (count > 0) {
                terminal.line(
                        String.format(
                                Locale.ROOT,
                                "  up to %9.3f ms %9d %s",
                                bucket.getValueIteratedTo() / 1e6,
                                count,
                                "#".repeat((int) (count * BAR / latencies.getTotalCount()))));
            }
        }
    }

    private double perSecond() {
        return latencies.getTotalCount() * 1e9 / took.toNanos();
    }

    private double millis(double percentile) {
        return latencies.getValueAtPercentile(percentile) / 1e6;
    }

    private static String name(double percentile) {
        return "p" + String.valueOf(percentile).replaceFirst("\\.0$", "");
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
