package dev.pointsman.core.migration.preflight;

import dev.pointsman.core.migration.Check;
import dev.pointsman.core.migration.Check.Verdict;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.setup.Pair;
import dev.pointsman.core.migration.setup.TableLists;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The preflight of a way, as it reads before a migration and within one.
public final class OfMigration {
    /// The id of the row that says so.
    public static final String ID = "migration";

    /// The id of the rows about what its two directions carry.
    public static final String LISTS = "table-lists";

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
    /// would destroy it. The checks without those that would find the migration itself, one that
    /// names it, and those of its own lists.
    ///
    /// @param flowing the direction in which changes flow now
    public static List<Check> without(List<Check> checks, Pair pair, Direction flowing) {
        var source = pair.from(flowing).name();
        var target = pair.to(flowing).name();
        var kept = new ArrayList<>(checks);
        kept.removeIf(check -> OWN.contains(check.id()));
        kept.add(
                new Check(
                        ID,
                        target,
                        "",
                        Verdict.PASS,
                        "changes flow from %s to %s already; SHOW MIGRATION says whether a cutover is allowed now"
                                .formatted(source, target),
                        "",
                        Check.Blocks.NONE,
                        false));
        kept.addAll(lists(pair, flowing, target));
        return kept;
    }

    private static List<Check> lists(Pair pair, Direction flowing, String target) {
        try {
            var amiss = TableLists.amiss(pair, flowing);
            return amiss.isEmpty()
                    ? List.of(list(target, Verdict.PASS, "both ways carry every table", ""))
                    : amiss.stream()
                            .map(one -> list(one.server(), Verdict.FAIL, one.finding(), one.mend()))
                            .toList();
        } catch (SQLException e) {
            return List.of(list(target, Verdict.UNKNOWN, String.valueOf(e.getMessage()), ""));
        }
    }

    private static Check list(String server, Verdict verdict, String finding, String mend) {
        return new Check(
                LISTS,
                server,
                "",
                verdict,
                finding,
                mend,
                verdict == Verdict.PASS ? Check.Blocks.NONE : Check.Blocks.CUTOVER,
                false);
    }
}
