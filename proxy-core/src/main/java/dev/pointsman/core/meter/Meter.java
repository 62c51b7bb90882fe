package dev.pointsman.core.meter;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;

/// All metrics of one proxy. Those of ours are kept here in series that event loops can count into;
/// the virtual machine's and the process's come from Micrometer's binders into the same scrape.
///
/// Any thread may call anything here. Handles ([#database]) are resolved once and kept.
public final class Meter implements AutoCloseable {
    private final PrometheusMeterRegistry registry;
    private final JvmGcMetrics garbage = new JvmGcMetrics();
    private final Map<Metric, Family> families = new EnumMap<>(Metric.class);
    private final Map<String, DatabaseMeter> databases = new ConcurrentHashMap<>();

    /// A meter of a build of that version.
    public Meter(String version) {
        var prometheus = new PrometheusRegistry();
        registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, prometheus, Clock.SYSTEM);
        for (var metric : Metric.values()) {
            var family = new Family(metric);
            families.put(metric, family);
            prometheus.register(family);
        }
        new ClassLoaderMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        garbage.bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        family(Metric.BUILD_INFO).supplied(List.of(version, Runtime.version().toString()), () -> 1);
    }

    /// The handle of one database, made at the first call; its series exist from then on.
    public DatabaseMeter database(String database) {
        return databases.computeIfAbsent(database, name -> new DatabaseMeter(this, name));
    }

    /// Shows what `value` says at each scrape, under these label values (in the order of
    /// [Metric#labels()]); what was registered under the same ones is replaced. `value` is called
    /// on the scraping thread and must not block; NaN hides the series.
    ///
    /// @throws IllegalArgumentException when the number of label values is not that of the labels
    public void gauge(Metric metric, DoubleSupplier value, String... labelValues) {
        family(metric).supplied(List.of(labelValues), value);
    }

    /// Removes every series of `metric` whose first label values are these: of a slot that is gone,
    /// a migration that ended, a database that left the configuration.
    public void forget(Metric metric, String... firstLabelValues) {
        family(metric).forget(List.of(firstLabelValues));
    }

    /// Everything in Prometheus' text format.
    public String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        garbage.close();
        registry.close();
    }

    Family family(Metric metric) {
        var family = families.get(metric);
        if (family == null) {
            throw new IllegalStateException("no family for " + metric);
        }
        return family;
    }

    /// Where to look for all handles, for sums over databases.
    public Collection<DatabaseMeter> databases() {
        return List.copyOf(databases.values());
    }
}
