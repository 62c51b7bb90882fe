package dev.pointsman.core.migration.preflight;

import dev.pointsman.core.migration.Check;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The preflight of a way that an open migration covers already: its own rows and replication
/// objects are what it is made of, and to mend them would destroy it.
public final class OfMigration {
    private static final Set<String> OWN = Set.of("leftovers", "target-not-empty");

    private OfMigration() {}

    /// The checks without those that would find the migration itself, and one that names it.
    public static List<Check> without(List<Check> checks, String source, String target) {
        var kept = new ArrayList<>(checks);
        kept.removeIf(check -> OWN.contains(check.id()));
        kept.add(
                new Check(
                        "migration",
                        target,
                        "",
                        Check.Verdict.PASS,
                        "changes flow from %s to %s already; SHOW MIGRATION says whether a cutover is allowed now"
                                .formatted(source, target),
                        "",
                        Check.Blocks.NONE,
                        false));
        return kept;
    }
}
