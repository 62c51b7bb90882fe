package dev.pointsman.core.cutover.after;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Other instances in front of a database, by what its servers say. `silent`: servers that cannot
/// be asked, and why; whoever lives there is not known.
///
/// @param living where and when each was heard of, in words
public record Heard(String database, Map<String, String> living, List<String> silent) {
    public Heard {
        living = Collections.unmodifiableMap(new LinkedHashMap<>(living));
        silent = List.copyOf(silent);
    }

    /// One of them, and where and when it was heard of.
    public Optional<String> other() {
        return living.entrySet().stream()
                .findFirst()
                .map(one -> "%s (%s)".formatted(one.getKey(), one.getValue()));
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
