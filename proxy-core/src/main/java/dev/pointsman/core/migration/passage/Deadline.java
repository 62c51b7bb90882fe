package dev.pointsman.core.migration.passage;

import java.time.Duration;

/// A moment on the monotonic clock that ends every wait before it.
public record Deadline(long nanos) {

    public static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /// Zero when it has passed.
    public Duration left() {
        return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
    }

    public boolean passed() {
        return nanos - System.nanoTime() <= 0;
    }

    /// The earlier of this and `limit` from now.
    public Duration leftAtMost(Duration limit) {
        var left = left();
        return left.compareTo(limit) < 0 ? left : limit;
    }

    /// For waits that count in milliseconds: at least one, so that zero never means for ever.
    public int leftMillis() {
        return Math.clamp(left().toMillis(), 1, Integer.MAX_VALUE);
    }
}
