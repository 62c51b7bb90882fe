package dev.pointsman.core;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.tls.Identity;
import dev.pointsman.core.meter.Meter;
import dev.pointsman.core.meter.Metric;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Watches how long the certificates in use are valid: a metric for each, and a warning in the log,
/// twice a day, from fourteen days before the end on. Any thread.
final class Certificates implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Certificates.class);
    private static final Duration SOON = Duration.ofDays(14);
    private static final Duration LOOK_AGAIN = Duration.ofHours(12);

    private final Supplier<Config> config;
    private final Clock clock;
    private final Thread watcher;
    private volatile Optional<Meter> meter = Optional.empty();

    Certificates(Supplier<Config> config) {
        this(config, Clock.systemUTC());
    }

    Certificates(Supplier<Config> config, Clock clock) {
        this.config = config;
        this.clock = clock;
        watcher = Thread.ofVirtual().name("certificates").unstarted(this::watch);
    }

    void start(Meter to) {
        meter = Optional.of(to);
        look();
        watcher.start();
    }

    /// Shows what is in use now, and says what of it ends soon, or has ended.
    void look() {
        var now = clock.instant();
        var ends = ends(config.get());
        meter.ifPresent(
                it -> {
                    it.forget(Metric.TLS_CERTIFICATE_EXPIRY);
                    ends.forEach(
                            (file, end) ->
                                    it.gauge(
                                            Metric.TLS_CERTIFICATE_EXPIRY,
                                            end::getEpochSecond,
                                            file));
                });
        ends.forEach(
                (file, end) -> {
                    if (end.isBefore(now.plus(SOON))) {
                        log.atWarn()
                                .addKeyValue("file", file)
                                .addKeyValue("valid_until", end)
                                .log(
                                        end.isBefore(now)
                                                ? "a certificate in use has expired"
                                                : "a certificate in use expires soon; replace it"
                                                        + " and RELOAD");
                    }
                });
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(LOOK_AGAIN);
                look();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Until when the certificates of our ports, and those shown to servers, are valid, by file.
    private static Map<String, Instant> ends(Config config) {
        Map<String, Instant> ends = new TreeMap<>();
        put(ends, config.listen().tls().files(), config.listen().tls().identity());
        put(ends, config.admin().tls().files(), config.admin().tls().identity());
        for (var database : config.entries()) {
            for (var server : database.servers().values()) {
                put(ends, server.tls().files(), server.tls().identity());
            }
        }
        return ends;
    }

    private static void put(
            Map<String, Instant> ends, Map<String, String> files, Identity identity) {
        if (identity instanceof Identity.Own own) {
            var file = files.getOrDefault("cert", files.getOrDefault("sslcert", ""));
            ends.put(file, own.certificate().getNotAfter().toInstant());
        }
    }

    @Override
    public void close() {
        watcher.interrupt();
    }
}
