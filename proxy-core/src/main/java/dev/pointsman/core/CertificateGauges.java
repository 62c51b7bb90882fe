package dev.pointsman.core;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.tls.Identity;
import dev.pointsman.core.config.tls.ServerTls;
import dev.pointsman.core.meter.Meter;
import dev.pointsman.core.meter.Metric;

/// Says until when the certificates that we show are valid.
final class CertificateGauges {
    private CertificateGauges() {}

    /// Those of `config` in place of whatever was shown before.
    static void show(Meter meter, Config config) {
        meter.forget(Metric.TLS_CERTIFICATE_EXPIRY);
        for (var database : config.databases().values()) {
            database.servers().values().forEach(server -> show(meter, server.tls()));
        }
    }

    private static void show(Meter meter, ServerTls tls) {
        switch (tls.identity()) {
            case Identity.None() -> {}
            case Identity.Own own -> show(meter, tls.files().getOrDefault("sslcert", ""), own);
        }
    }

    private static void show(Meter meter, String file, Identity.Own own) {
        double seconds = own.certificate().getNotAfter().toInstant().getEpochSecond();
        meter.gauge(Metric.TLS_CERTIFICATE_EXPIRY, () -> seconds, file);
    }
}
