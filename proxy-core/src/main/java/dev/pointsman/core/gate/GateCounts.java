package dev.pointsman.core.gate;

/// What a gate holds at about this moment, over all event loops. For gauges, not for decisions.
public record GateCounts(int waiting, long heldBytes, int inside) {
    GateCounts plus(GateCounts other) {
        return new GateCounts(
                waiting + other.waiting, heldBytes + other.heldBytes, inside + other.inside);
    }
}
