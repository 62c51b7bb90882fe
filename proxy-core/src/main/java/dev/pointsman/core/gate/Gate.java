package dev.pointsman.core.gate;

import io.netty.channel.EventLoop;

import java.time.Instant;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/// One database's gate as the control path sees it. Any thread.
///
/// Each event loop has a part of its own, so a session pays one plain field read to be admitted.
/// Closing is one task per loop that, in one go, sets that field and counts who is inside: no
/// session can slip in between.
public final class Gate {
    private final String database;
    private final IdentityHashMap<EventLoop, LoopGate> parts = new IdentityHashMap<>();
    private final List<Hold> holds = new CopyOnWriteArrayList<>();
    private volatile Optional<Disabled> disabled = Optional.empty();

    /// `DISABLE`: new clients are refused, those who are there go on.
    public record Disabled(String operator, Instant since) {}

    Gate(String database, List<EventLoop> loops, Gates.Settings settings) {
        this.database = database;
        for (EventLoop loop : loops) {
            parts.put(loop, new LoopGate(database, loop, settings));
        }
    }

    public String database() {
        return database;
    }

    /// The loop's own part; to be touched on that loop only.
    public LoopGate on(EventLoop loop) {
        LoopGate part = parts.get(loop);
        if (part == null) {
            throw new IllegalArgumentException("the gate has no part on " + loop);
        }
        return part;
    }

    /// Begins to close and returns at once; [Hold#awaitClosed] says when it is done.
    public Hold close(Closer closer) {
        Hold hold = new Hold(closer, parts.values(), holds::remove);
        holds.add(hold);
        hold.begin();
        return hold;
    }

    /// Who keeps the gate closed now; empty when it is open or opening.
    public Set<Closer> closers() {
        return holds.stream().map(Hold::closer).collect(Collectors.toUnmodifiableSet());
    }

    /// Whether it is closed because nobody can tell which server serves.
    public boolean isUndecided() {
        return holds.stream().anyMatch(hold -> hold.closer() instanceof Closer.Undecided);
    }

    /// From now on new clients are refused. Nothing changes when they are already.
    public void disable(String operator) {
        if (disabled.isEmpty()) {
            disabled = Optional.of(new Disabled(operator, Instant.now()));
        }
    }

    /// From now on new clients are let in.
    public void enable() {
        disabled = Optional.empty();
    }

    /// Who has new clients refused; empty when nobody has.
    public Optional<Disabled> disabled() {
        return disabled;
    }

    public GateCounts counts() {
        return parts.values().stream()
                .map(LoopGate::counts)
                .reduce(new GateCounts(0, 0, 0), GateCounts::plus);
    }
}
