package dev.pointsman.core.cutover;

import dev.pointsman.core.cutover.report.Requester;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/// What an operator asked for with CUTOVER: which databases, where to, and under which conditions.
///
/// `maxPause` zero means no bound of the operator's own: a positive one refuses the cutover when
/// the last rehearsed or real pause was longer. `accepted` holds the ids of failed checks that the
/// operator takes upon himself; they are kept in the report.
public record CutoverOrder(
        List<String> databases,
        Destination destination,
        boolean dryRun,
        Duration maxPause,
        Set<String> accepted,
        Requester requester) {

    public CutoverOrder {
        databases = List.copyOf(databases);
        accepted = Set.copyOf(accepted);
        if (databases.isEmpty()) {
            throw new IllegalArgumentException("a cutover needs at least one database");
        }
    }

    /// Whether the operator answers for what was written past the proxy.
    boolean ignoresStrays() {
        return accepted.contains("strays")
                || (destination instanceof Destination.Back(var ignoring) && ignoring);
    }
}
