package dev.pointsman.core.migration.run;

import dev.pointsman.core.meter.Meter;
import dev.pointsman.core.meter.Metric;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.MigrationState;
import dev.pointsman.core.migration.MigrationStatus;
import dev.pointsman.core.migration.ReverseState;

import org.jspecify.annotations.Nullable;

import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A migration's figures as metrics. A scrape reads what the last round found and asks no server.
public final class Gauges {
    private record Latest(MigrationStatus status, Map<String, Long> retained) {}

    private final @Nullable Meter meter;
    private final Map<String, Latest> latest = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> slots = new ConcurrentHashMap<>();

    private Gauges(@Nullable Meter meter) {
        this.meter = meter;
    }

    /// Shows nothing.
    public static Gauges none() {
        return new Gauges(null);
    }

    /// Registers every series of these databases.
    public static Gauges in(Meter meter, Set<String> databases) {
        var gauges = new Gauges(meter);
        databases.forEach(database -> gauges.register(meter, database));
        return gauges;
    }

    /// Registers those of one more database.
    public void add(String database) {
        if (meter != null) {
            register(meter, database);
        }
    }

    private void register(Meter into, String name) {
        var database = into.database(name);
        for (var direction : Direction.values()) {
            var word = direction.name().toLowerCase(Locale.ROOT);
            database.gauge(Metric.REPLICATION_LAG_BYTES, () -> lagBytes(name, direction), word);
            database.gauge(Metric.REPLICATION_LAG_SECONDS, () -> lagSeconds(name, direction), word);
        }
        database.gauge(Metric.MIGRATION_TABLES, () -> tables(name, true), "ready");
        database.gauge(Metric.MIGRATION_TABLES, () -> tables(name, false), "copying");
        database.gauge(Metric.REVERSE_READY, () -> isReverseReady(name) ? 1 : 0);
    }

    private boolean flows(Latest one, Direction direction) {
        return (one.status().state() == MigrationState.SWITCHED) == (direction == Direction.BACK);
    }

    private double lagBytes(String database, Direction direction) {
        var one = latest.get(database);
        return one == null || !flows(one, direction)
                ? Double.NaN
                : one.status().lagBytes().map(Long::doubleValue).orElse(Double.NaN);
    }

    private double lagSeconds(String database, Direction direction) {
        var one = latest.get(database);
        return one == null || !flows(one, direction)
                ? Double.NaN
                : one.status().lagTime().map(time -> time.toNanos() / 1e9).orElse(Double.NaN);
    }

    private double tables(String database, boolean ready) {
        var one = latest.get(database);
        if (one == null) {
            return 0;
        }
        var done = one.status().tablesReady();
        return ready ? done : one.status().tables() - done;
    }

    private boolean isReverseReady(String database) {
        var one = latest.get(database);
        return one != null && one.status().reverse() == ReverseState.READY;
    }

    /// What one round found.
    public void update(String name, MigrationStatus status, Map<String, Long> retained) {
        latest.put(name, new Latest(status, retained));
        if (meter == null) {
            return;
        }
        var database = meter.database(name);
        var shown = slots.computeIfAbsent(name, _ -> new HashSet<>());
        for (var slot : retained.keySet()) {
            if (shown.add(slot)) {
                database.gauge(Metric.SLOT_RETAINED_BYTES, () -> retained(name, slot), slot);
            }
        }
        shown.removeIf(
                slot -> {
                    var gone = !retained.containsKey(slot);
                    if (gone) {
                        database.forget(Metric.SLOT_RETAINED_BYTES, slot);
                    }
                    return gone;
                });
    }

    /// The migration has ended.
    public void forget(String name) {
        update(name, MigrationStatus.none(name), Map.of());
        latest.remove(name);
    }

    private double retained(String database, String slot) {
        var one = latest.get(database);
        return one == null ? Double.NaN : one.retained().getOrDefault(slot, 0L);
    }
}
