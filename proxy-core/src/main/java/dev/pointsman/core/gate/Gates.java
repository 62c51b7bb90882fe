package dev.pointsman.core.gate;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Ticker;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/// The gates of all databases. Any thread.
public final class Gates {
    /// How one gate behaves. `waitLimit` is asked at each hold, zero: clients are held without end.
    /// `waited` is told on the event loop how many nanoseconds each held client waited.
    public record Settings(
            Supplier<Duration> waitLimit, HeldBytes heldBytes, Ticker ticker, LongConsumer waited) {
        /// With a limit that never changes.
        public Settings(
                Duration waitLimit, HeldBytes heldBytes, Ticker ticker, LongConsumer waited) {
            this(() -> waitLimit, heldBytes, ticker, waited);
        }
    }

    private final Map<String, Gate> gates = new ConcurrentHashMap<>();
    private final List<EventLoop> loops;

    public Gates(Collection<EventLoop> loops) {
        this.loops = List.copyOf(loops);
    }

    /// Adds an open gate for a database.
    public Gate add(String database, Settings settings) {
        Gate gate = new Gate(database, loops, settings);
        if (gates.putIfAbsent(database, gate) != null) {
            throw new IllegalArgumentException("database " + database + " has a gate already");
        }
        return gate;
    }

    /// The gate of a configured database.
    public Gate of(String database) {
        Gate gate = gates.get(database);
        if (gate == null) {
            throw new IllegalArgumentException("database " + database + " has no gate");
        }
        return gate;
    }

    public Collection<Gate> all() {
        return gates.values();
    }
}
