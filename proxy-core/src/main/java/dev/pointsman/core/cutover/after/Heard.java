package dev.pointsman.core.cutover.after;

import java.util.List;

/// Other instances in front of a database, by what its servers say. `silent`: servers that cannot
/// be asked, and why; whoever lives there is not known.
public record Heard(String database, List<String> living, List<String> silent) {
    public Heard {
        living = List.copyOf(living);
        silent = List.copyOf(silent);
    }

    /// Whether there is surely no other instance.
    public boolean isAlone() {
        return living.isEmpty() && isComplete();
    }

    /// Whether every server has answered.
    public boolean isComplete() {
        return silent.isEmpty();
    }

    /// What is to be said where it is not [#isComplete].
    public String doubt() {
        return "it cannot be told whether another instance serves database %s: %s"
                .formatted(database, String.join("; ", silent));
    }
}
