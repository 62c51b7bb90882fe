package dev.pointsman.cli.load.progress;

import dev.pointsman.cli.load.Load;
import dev.pointsman.cli.render.Terminal;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Locale;

/// Says what is going on: on a terminal one line that is always up to date, elsewhere a line every
/// other second. A thread of its own looks at the load; any thread may say something.
public final class Progress implements AutoCloseable {
    private static final Duration LIVE = Duration.ofMillis(250);
    private static final Duration PLAIN = Duration.ofSeconds(2);

    private final Terminal terminal;
    private final long begun = System.nanoTime();
    private final Thread ticker;
    private String phase = "";
    private @Nullable Load load;
    private long last = begun;

    public Progress(Terminal terminal) {
        this.terminal = terminal;
        this.ticker = Thread.ofVirtual().name("progress").start(this::tick);
    }

    /// What goes on from now.
    public synchronized void phase(String now) {
        phase = now;
        say(now);
    }

    /// A detail of the phase; shown only where the line is live.
    public synchronized void detail(String text) {
        terminal.replace(stamp() + text);
    }

    /// A line that stays.
    public synchronized void say(String line) {
        terminal.replace("");
        terminal.line(stamp() + line);
    }

    /// From now on the load's figures are shown.
    public synchronized void watch(Load running) {
        load = running;
    }

    /// The load is over.
    public synchronized void unwatch() {
        load = null;
    }

    private void tick() {
        try {
            while (true) {
                Thread.sleep(terminal.isInteractive() ? LIVE : PLAIN);
                show();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void show() {
        var now = System.nanoTime();
        if (load == null) {
            last = now;
            return;
        }
        var interval = load.recording().interval();
        var line =
                String.format(
                        Locale.ROOT,
                        "%s%4.0f tx/s  p50 %.1f ms  p99 %.1f ms  %d writes acknowledged  %d errors "
                                + " %s",
                        stamp(),
                        interval.transactions() * 1e9 / (now - last),
                        interval.p50(),
                        interval.p99(),
                        load.ledger().acknowledged(),
                        load.recording().errors(),
                        phase);
        last = now;
        if (terminal.isInteractive()) {
            terminal.replace(line);
        } else {
            terminal.line(line);
        }
    }

    private String stamp() {
        return String.format(Locale.ROOT, "%5.1f s  ", (System.nanoTime() - begun) / 1e9);
    }

    @Override
    public void close() {
        ticker.interrupt();
        try {
            ticker.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        terminal.replace("");
    }
}
