package dev.pointsman.cli.cutover;

import java.util.concurrent.atomic.AtomicLong;

/// The longest that any client has waited for a statement of its. Any thread.
public final class Slowest {
    private final AtomicLong nanos = new AtomicLong();

    /// A statement that began at `began`, of `System.nanoTime()`, was answered now.
    public void answered(long began) {
        nanos.accumulateAndGet(System.nanoTime() - began, Math::max);
    }

    /// Since this was last asked.
    public double takeMillis() {
        return nanos.getAndSet(0) / 1e6;
    }
}
