package dev.pointsman.cli.serve;

import dev.pointsman.admin.command.AdminCommand.Stop;
import dev.pointsman.core.Proxy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/// When and how the process is to stop: asked for by a signal or by SHUTDOWN, the first one
/// decides. The JVM's exit waits until the stop has been carried out. Any thread.
final class StopSignal {
    private static final Duration FOREVER = Duration.ofDays(365);

    private final AtomicReference<Stop> way = new AtomicReference<>(Stop.NOW);
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);

    StopSignal() {
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("stop").unstarted(this::onExit));
    }

    /// Asks for a stop; a later one changes nothing.
    void ask(Stop how) {
        synchronized (asked) {
            if (asked.getCount() > 0) {
                way.set(how);
                asked.countDown();
            }
        }
    }

    Stop way() {
        return way.get();
    }

    void untilAsked() throws InterruptedException {
        asked.await();
    }

    /// Ends the proxy's sessions in the way asked for; returns when that is done.
    void carryOut(Proxy proxy) throws InterruptedException {
        switch (way()) {
            case NOW -> proxy.drain(Duration.ZERO);
            case WAIT_FOR_SERVERS -> proxy.drain(proxy.config().shutdownTimeout());
            case WAIT_FOR_CLIENTS -> proxy.awaitClients(FOREVER);
        }
    }

    /// Everything is closed: the process may end.
    void done() {
        done.countDown();
    }

    private void onExit() {
        ask(Stop.WAIT_FOR_SERVERS);
        try {
            done.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
