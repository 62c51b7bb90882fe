package dev.pointsman.admin.command.operate;

import dev.pointsman.core.gate.Closer;
import dev.pointsman.core.gate.Gate;
import dev.pointsman.core.gate.Hold;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The gates that operators have closed, and that stay closed until an operator opens them again,
/// whatever becomes of the connection that closed them. Any thread.
public final class Closures {
    /// By which command.
    public enum Kind {
        PAUSE,
        MAINTENANCE,
        SUSPEND,
        KILL
    }

    /// One closed gate.
    public record Closure(String database, Kind kind, Hold hold, Instant since) {}

    private record Key(String database, Kind kind) {}

    private final Map<Key, Closure> closures = new ConcurrentHashMap<>();

    /// Closes a gate; empty when it is closed in this way already.
    public Optional<Closure> close(Gate gate, Kind kind, String operator) {
        var key = new Key(gate.database(), kind);
        var closure =
                new Closure(
                        gate.database(), kind, gate.close(closer(kind, operator)), Instant.now());
        if (closures.putIfAbsent(key, closure) == null) {
            return Optional.of(closure);
        }
        closure.hold().open();
        return Optional.empty();
    }

    private static Closer closer(Kind kind, String operator) {
        return switch (kind) {
            case PAUSE -> new Closer.Pause(operator);
            case MAINTENANCE -> new Closer.Maintenance(operator);
            case SUSPEND -> new Closer.Suspended(operator);
            case KILL -> new Closer.Killed(operator);
        };
    }

    /// Opens what this closure closed. False when somebody has done so before.
    public boolean open(Closure closure) {
        boolean mine = closures.remove(new Key(closure.database(), closure.kind()), closure);
        closure.hold().open();
        return mine;
    }

    public Optional<Closure> find(String database, Kind kind) {
        return Optional.ofNullable(closures.get(new Key(database, kind)));
    }
}
