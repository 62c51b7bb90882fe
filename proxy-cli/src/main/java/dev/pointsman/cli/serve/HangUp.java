package dev.pointsman.cli.serve;

import dev.pointsman.core.Reloading;
import dev.pointsman.core.wire.Refused;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// SIGHUP: reads the configuration file anew, as RELOAD does.
final class HangUp {
    private static final Logger log = LoggerFactory.getLogger(HangUp.class);

    private HangUp() {}

    static void reloads(Reloading reloading) {
        Signals.on("HUP", () -> reload(reloading));
    }

    private static void reload(Reloading reloading) {
        try {
            reloading.reload();
        } catch (Refused refused) {
            var report = refused.report();
            log.atError()
                    .addKeyValue("sqlstate", report.sqlState().code())
                    .addKeyValue("detail", report.detail())
                    .log("SIGHUP: " + report.message() + ". " + report.hint());
        }
    }
}
