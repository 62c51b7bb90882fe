package dev.pointsman.cli.serve;

import dev.pointsman.admin.command.AdminCommand.Stop;
import dev.pointsman.core.Proxy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/// When and how the process is to stop: asked for by a signal or by SHUTDOWN. Who asks later may
/// only make it come sooner. The JVM's exit waits until the stop has been carried out. Any thread.
final class StopSignal {
    /// The ways of stopping, from the most patient on.
    enum Way {
        /// When every client has left.
        CLIENTS_HAVE_LEFT,
        /// When the transactions have ended.
        TRANSACTIONS_HAVE_ENDED,
        /// The same, but at most after `shutdown_timeout`.
        IN_TIME,
        AT_ONCE;

        static Way of(Stop stop) {
            return switch (stop) {
                case NOW -> AT_ONCE;
                case WAIT_FOR_SERVERS -> TRANSACTIONS_HAVE_ENDED;
                case WAIT_FOR_CLIENTS -> CLIENTS_HAVE_LEFT;
            };
        }
    }

    private final AtomicReference<Way> way = new AtomicReference<>(Way.CLIENTS_HAVE_LEFT);
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);

    /// SIGTERM and SIGINT are heard from now on, and the process ends by itself after them. What
    /// else ends the JVM, and SIGTERM where signals cannot be heard, waits for the stop all the
    /// same; the exit status is the JVM's own then.
    void hear() {
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("stop").unstarted(this::onExit));
        Signals.on("TERM", () -> ask(Way.IN_TIME));
        Signals.on("INT", this::onInterrupt);
    }

    void ask(Stop how) {
        ask(Way.of(how));
    }

    void ask(Way how) {
        way.accumulateAndGet(how, (one, other) -> one.compareTo(other) < 0 ? other : one);
        asked.countDown();
    }

    /// Ctrl-C: patient, the second time no more.
    void onInterrupt() {
        ask(asked.getCount() == 0 ? Way.AT_ONCE : Way.TRANSACTIONS_HAVE_ENDED);
    }

    Way way() {
        return way.get();
    }

    void untilAsked() throws InterruptedException {
        asked.await();
    }

    /// Ends the proxy's sessions in the way asked for; returns when that is done.
    void carryOut(Proxy proxy) throws InterruptedException {
        proxy.awaitClients(() -> way() != Way.CLIENTS_HAVE_LEFT);
        if (proxy.sessions().count() > 0) {
            proxy.drain(patience(proxy));
        }
    }

    /// Over at `shutdown_timeout` after somebody set that limit, or when nobody has any patience.
    private BooleanSupplier patience(Proxy proxy) {
        return new BooleanSupplier() {
            private long since = Long.MIN_VALUE;

            @Override
            public boolean getAsBoolean() {
                return switch (way()) {
                    case CLIENTS_HAVE_LEFT, TRANSACTIONS_HAVE_ENDED -> false;
                    case IN_TIME -> isOver();
                    case AT_ONCE -> true;
                };
            }

            private boolean isOver() {
                long now = System.nanoTime();
                if (since == Long.MIN_VALUE) {
                    since = now;
                }
                return now - since >= proxy.config().shutdownTimeout().toNanos();
            }
        };
    }

    /// Everything is closed: the process may end.
    void done() {
        done.countDown();
    }

    private void onExit() {
        ask(Way.IN_TIME);
        try {
            done.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
