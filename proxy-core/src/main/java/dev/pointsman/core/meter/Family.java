package dev.pointsman.core.meter;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/// All series of one metric, by their label values.
final class Family implements Collector {
    private final Metric metric;
    private final Map<List<String>, DoubleSupplier> values = new ConcurrentHashMap<>();
    private final Map<List<String>, LongAdder> counters = new ConcurrentHashMap<>();
    private final Map<List<String>, Buckets> histograms = new ConcurrentHashMap<>();

    Family(Metric metric) {
        this.metric = metric;
    }

    LongAdder counter(String... labelValues) {
        return counters.computeIfAbsent(checked(List.of(labelValues)), _ -> new LongAdder());
    }

    Buckets histogram(String... labelValues) {
        return histograms.computeIfAbsent(checked(List.of(labelValues)), _ -> new Buckets());
    }

    void supplied(List<String> labelValues, DoubleSupplier value) {
        values.put(checked(labelValues), value);
    }

    void forget(List<String> first) {
        for (var series : List.of(values, counters, histograms)) {
            series.keySet().removeIf(labels -> labels.subList(0, first.size()).equals(first));
        }
    }

    private List<String> checked(List<String> labelValues) {
        if (labelValues.size() != metric.labels().size()) {
            throw new IllegalArgumentException(
                    metric.fullName() + " has labels " + metric.labels() + ", not " + labelValues);
        }
        return labelValues;
    }

    @Override
    public MetricSnapshot collect() {
        return switch (metric.kind()) {
            case COUNTER -> counters();
            case GAUGE -> gauges();
            case HISTOGRAM -> histograms();
            case INFO -> infos();
        };
    }

    private MetricSnapshot counters() {
        var snapshot = CounterSnapshot.builder().name(nameWithoutEnding()).help(metric.help());
        counters.forEach(
                (labels, value) ->
                        snapshot.dataPoint(
                                CounterDataPointSnapshot.builder()
                                        .labels(named(labels))
                                        .value((double) value.sum())
                                        .build()));
        return snapshot.build();
    }

    private MetricSnapshot gauges() {
        var snapshot = GaugeSnapshot.builder().name(nameWithoutEnding()).help(metric.help());
        values.forEach(
                (labels, supplier) -> {
                    var value = supplier.getAsDouble();
                    if (!Double.isNaN(value)) {
                        snapshot.dataPoint(
                                GaugeDataPointSnapshot.builder()
                                        .labels(named(labels))
                                        .value(value)
                                        .build());
                    }
                });
        return snapshot.build();
    }

    private MetricSnapshot histograms() {
        var snapshot = HistogramSnapshot.builder().name(nameWithoutEnding()).help(metric.help());
        histograms.forEach(
                (labels, buckets) ->
                        snapshot.dataPoint(
                                HistogramDataPointSnapshot.builder()
                                        .labels(named(labels))
                                        .classicHistogramBuckets(buckets.snapshot())
                                        .sum(buckets.sumSeconds())
                                        .build()));
        return snapshot.build();
    }

    private MetricSnapshot infos() {
        var snapshot = InfoSnapshot.builder().name(nameWithoutEnding()).help(metric.help());
        values.keySet()
                .forEach(
                        labels ->
                                snapshot.dataPoint(
                                        InfoDataPointSnapshot.builder()
                                                .labels(named(labels))
                                                .build()));
        return snapshot.build();
    }

    private Labels named(List<String> labelValues) {
        return Labels.of(metric.labels(), labelValues);
    }

    /// The client library adds `_total` and `_info` itself.
    private String nameWithoutEnding() {
        return metric.fullName().replaceFirst("_(total|info)$", "");
    }
}
