package dev.pointsman.cli.bench.tls;

import java.util.Locale;
import java.util.Optional;

/// What is measured of each arm.
enum Measure {
    SMALL("pgbench -S, transactions a second", 0),
    SMALL_CPU("pgbench -S, the proxy's processor time each, µs", 1),
    LARGE("answers of 128 kB, a second", 0),
    LARGE_CPU("answers of 128 kB, the proxy's processor time each, µs", 1),
    LOGINS("logins as fast as they go, a second", 0),
    LOGIN_CPU("logins, the proxy's processor time each, ms", 2),
    CALM_MEDIAN("400 transactions a second, nobody logs in: p50, ms", 2),
    CALM_P99("400 transactions a second, nobody logs in: p99, ms", 2),
    CALM_WORST("400 transactions a second, nobody logs in: worst, ms", 1),
    STORM("the storm: logins a second where 500 were asked for", 0),
    STORM_MEDIAN("400 transactions a second in the storm: p50, ms", 2),
    STORM_P99("400 transactions a second in the storm: p99, ms", 2),
    STORM_WORST("400 transactions a second in the storm: worst, ms", 1),
    HEAP("an idle client: live heap of the proxy, kB", 1),
    RESIDENT("an idle client: resident memory of the proxy, kB", 1);

    private final String words;
    private final int digits;

    Measure(String words, int digits) {
        this.words = words;
        this.digits = digits;
    }

    /// For people, with its unit.
    String words() {
        return words;
    }

    /// For programs.
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// A value of it, for people.
    String text(double value) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    /// The same without the storm.
    Optional<Measure> calm() {
        return switch (this) {
            case STORM_MEDIAN -> Optional.of(CALM_MEDIAN);
            case STORM_P99 -> Optional.of(CALM_P99);
            case STORM_WORST -> Optional.of(CALM_WORST);
            case SMALL,
                    SMALL_CPU,
                    LARGE,
                    LARGE_CPU,
                    LOGINS,
                    LOGIN_CPU,
                    CALM_MEDIAN,
                    CALM_P99,
                    CALM_WORST,
                    STORM,
                    HEAP,
                    RESIDENT ->
                    Optional.empty();
        };
    }
}
