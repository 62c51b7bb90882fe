package dev.pointsman.core;

import dev.pointsman.core.session.clock.Sweep;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;

/// Looks after the time limits of sessions a few times a second, on a virtual thread.
final class Sweeping implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Sweeping.class);
    private static final Duration EVERY = Duration.ofMillis(250);

    private final Sweep sweep;
    private final Thread thread = Thread.ofVirtual().name("time limits").unstarted(this::run);

    Sweeping(Sweep sweep) {
        this.sweep = sweep;
    }

    void start() {
        thread.start();
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Thread.sleep(EVERY);
                sweep.once();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                log.atError().setCause(e).log("time limits could not be looked after");
            }
        }
    }
}
