package dev.pointsman.core.migration.preflight;

import dev.pointsman.core.migration.Check;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The preflight of a way, as it reads before a migration and within one.
public final class OfMigration {
    /// The id of the row that says so.
    public static final String ID = "migration";

    private static final Set<String> OWN = Set.of("leftovers", "target-not-empty");

    private OfMigration() {}

    /// Before one: what stops it already is not said again as what would stop a cutover of it.
    public static List<Check> ahead(List<Check> checks) {
        var stopped =
                checks.stream()
                        .filter(check -> check.stops(Check.Blocks.MIGRATE, Set.of()))
                        .map(Check::id)
                        .collect(Collectors.toSet());
        return checks.stream()
                .filter(
                        check ->
                                check.blocks() != Check.Blocks.CUTOVER
                                        || !stopped.contains(check.id()))
                .toList();
    }

    /// Within one: its own rows and replication objects are what it is made of, and to mend them
    /// would destroy it. The checks without those that would find the migration itself, and one
    /// that names it.
    public static List<Check> without(List<Check> checks, String source, String target) {
        var kept = new ArrayList<>(checks);
        kept.removeIf(check -> OWN.contains(check.id()));
        kept.add(
                new Check(
                        ID,
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
