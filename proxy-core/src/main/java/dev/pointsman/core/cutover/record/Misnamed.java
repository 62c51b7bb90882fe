package dev.pointsman.core.cutover.record;

import java.util.List;

/// Whether a name of the configuration leads to another server than the one that an outcome made
/// serve. Records speak of servers by name; where a row lies, and what is kept in it, says on which
/// side the server that carries it stood (docs/decisions/0133-names-used-again.md). Pure.
final class Misnamed {
    private static final String MEND =
            ": do the names in the configuration lead to other servers than then? Give each server"
                    + " the name back that it had, or one that was never used";

    private Misnamed() {}

    /// Why the server that is reached as `outcome.server()` is not the one; empty when nothing says
    /// so.
    static String doubt(Evidence evidence, Evidence.Outcome outcome) {
        var name = outcome.server();
        var asked =
                evidence.readings().stream()
                        .anyMatch(one -> one instanceof Reading.Rows && one.server().equals(name));
        if (!asked) {
            return "";
        }
        var decided = "epoch %d made %s serve, but ".formatted(outcome.epoch(), name);
        var own = rows(evidence, name, outcome);
        if (own.isEmpty()) {
            // An undone attempt's rows go with an abort, a decision's never do.
            return outcome.isDecision() || isCarried(evidence, outcome)
                    ? decided
                            + "the server that is reached as %s carries no such record"
                                    .formatted(name)
                            + MEND
                            + ". If the record was taken out by hand, lift the fences, drop"
                            + " the schema pointsman on the others and move the state folder"
                            + " away; `serve` counts then"
                    : "";
        }
        if (!outcome.isDecision()) {
            return "";
        }
        if (own.stream().anyMatch(EpochRecord::isFence)) {
            return decided
                    + "the server that is reached as %s is the one that was left".formatted(name)
                    + MEND;
        }
        if (own.stream().noneMatch(EpochRecord::isSettled)) {
            for (var reading : evidence.readings()) {
                if (evidence.rowsOf(reading.server()).stream()
                        .anyMatch(row -> row.epoch() == outcome.epoch() && row.isSettled())) {
                    return decided + reading.server() + " carries the record of that" + MEND;
                }
            }
        }
        return "";
    }

    private static boolean isCarried(Evidence evidence, Evidence.Outcome outcome) {
        return evidence.readings().stream()
                .anyMatch(reading -> !rows(evidence, reading.server(), outcome).isEmpty());
    }

    private static List<EpochRecord> rows(Evidence evidence, String at, Evidence.Outcome outcome) {
        return evidence.rowsOf(at).stream()
                .filter(row -> row.epoch() == outcome.epoch())
                .filter(EpochRecord::isOutcome)
                .filter(row -> row.server().equals(outcome.server()))
                .toList();
    }
}
