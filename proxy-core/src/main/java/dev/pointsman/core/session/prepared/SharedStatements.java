package dev.pointsman.core.session.prepared;

import dev.pointsman.core.config.Limits;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Supplier;

/// Keeps one copy of each statement that any client of a database has prepared, as long as somebody
/// uses it. Confined to one event loop.
public final class SharedStatements {
    private final Map<Statement, WeakReference<Statement>> known = new WeakHashMap<>();
    private final Supplier<Limits.Statements> bounds;

    /// @param bounds as they are now; on the loop
    public SharedStatements(Supplier<Limits.Statements> bounds) {
        this.bounds = bounds;
    }

    /// How many may be kept.
    public Limits.Statements bounds() {
        return bounds.get();
    }

    Statement share(Statement statement) {
        var reference = known.get(statement);
        var shared = reference == null ? null : reference.get();
        if (shared != null) {
            return shared;
        }
        known.put(statement, new WeakReference<>(statement));
        return statement;
    }
}
