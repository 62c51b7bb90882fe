package dev.pointsman.core.listen.login;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// Slows down who has passwords tested at a server that turn out wrong: ten are free, then one a
/// second for each address. Any thread, no locks.
final class Guesses {
    private static final long EACH = Duration.ofSeconds(1).toNanos();
    private static final long FREE = 10 * EACH;
    private static final int ADDRESSES_MAX = 10_000;

    private final LongSupplier clock;
    private final Map<Long, Long> due = new ConcurrentHashMap<>();

    /// @param clock nanoseconds, as [System#nanoTime] counts them
    Guesses(LongSupplier clock) {
        this.clock = clock;
    }

    /// How long this address has to wait for its next test, in nanoseconds; 0 for not at all.
    long delay(Optional<InetAddress> address) {
        Long until = due.get(source(address));
        return until == null ? 0 : Math.max(0, until - clock.getAsLong() - FREE);
    }

    /// Counts a test as if the password were wrong, unless the address has to wait. A test that was
    /// not [#right] stays counted.
    boolean begin(Optional<InetAddress> address) {
        if (delay(address) > 0) {
            return false;
        }
        long now = clock.getAsLong();
        if (due.size() >= ADDRESSES_MAX) {
            due.values().removeIf(until -> until - now < 0);
        }
        if (due.size() >= ADDRESSES_MAX) {
            due.clear();
        }
        due.merge(source(address), now + EACH, (until, _) -> Math.max(until, now) + EACH);
        return true;
    }

    /// The password that was begun with was right.
    void right(Optional<InetAddress> address) {
        due.computeIfPresent(source(address), (_, until) -> until - EACH);
    }

    /// Who holds one IPv6 address mostly holds its whole /64.
    private static long source(Optional<InetAddress> address) {
        byte[] bytes = address.map(InetAddress::getAddress).orElse(new byte[Long.BYTES]);
        return bytes.length < Long.BYTES
                ? ByteBuffer.wrap(bytes).getInt()
                : ByteBuffer.wrap(bytes).getLong();
    }
}
