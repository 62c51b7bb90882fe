package dev.pointsman.core.simulation;

/// A fault that is put into a world on purpose, to see that it is found.
enum Plant {
    NONE,
    /// One session asks another gate, which nobody closes.
    SLIPS_PAST_THE_GATE,
    /// A cutover opens the gate before its decision.
    RELEASES_EARLY,
    /// A cutover whose hold limit has passed lets its clients go on at the target.
    LETS_GO_AHEAD,
    /// What a held client sends is taken in another order.
    DISORDERS_HELD_BYTES
}
