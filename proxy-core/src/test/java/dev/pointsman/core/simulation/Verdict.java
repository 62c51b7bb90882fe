package dev.pointsman.core.simulation;

import java.util.List;

/// What came out of one run.
///
/// @param hash equal for equal runs
/// @param acknowledged writes that clients were told are committed
/// @param heldTooLong crossings undone because their hold limit had passed, with clients held
/// @param handedOver server connections that went from one event loop to another
record Verdict(
        long seed,
        List<String> faults,
        long hash,
        int acknowledged,
        int crossings,
        int switched,
        int heldTooLong,
        int handedOver) {
    boolean isClean() {
        return faults.isEmpty();
    }

    @Override
    public String toString() {
        return "-Dsimulation.seed=%d: %s".formatted(seed, String.join("\n  ", faults));
    }
}
