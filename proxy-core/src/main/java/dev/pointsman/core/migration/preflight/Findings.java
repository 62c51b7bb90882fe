package dev.pointsman.core.migration.preflight;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.migration.Check;
import dev.pointsman.core.migration.Check.Blocks;
import dev.pointsman.core.migration.Check.Verdict;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// The rows as they come. Lists of names are cut after a few.
final class Findings {
    private static final int NAMES_SHOWN = 8;

    private final List<Check> rows = new ArrayList<>();

    List<Check> all() {
        return List.copyOf(rows);
    }

    /// Whether a row about that server failed.
    boolean hasFailed(Cluster on) {
        return rows.stream()
                .anyMatch(row -> row.server().equals(on.name()) && row.verdict() == Verdict.FAIL);
    }

    void pass(String id, Cluster on, String finding) {
        rows.add(new Check(id, on.name(), "", Verdict.PASS, finding, "", Blocks.NONE, false));
    }

    void warn(String id, Cluster on, String finding, String mend) {
        rows.add(new Check(id, on.name(), "", Verdict.WARN, finding, mend, Blocks.NONE, false));
    }

    /// A failure that an operator may accept.
    void fail(String id, Cluster on, String finding, String mend) {
        rows.add(new Check(id, on.name(), "", Verdict.FAIL, finding, mend, Blocks.MIGRATE, false));
    }

    /// A failure that nobody may accept: it would destroy data, stop the source, or cannot work.
    void unsafe(String id, Cluster on, String finding, String mend) {
        rows.add(new Check(id, on.name(), "", Verdict.FAIL, finding, mend, Blocks.MIGRATE, true));
    }

    /// Stands in the way of a cutover, not of a migration.
    void failCutover(String id, Cluster on, String finding, String mend) {
        rows.add(new Check(id, on.name(), "", Verdict.FAIL, finding, mend, Blocks.CUTOVER, false));
    }

    /// Stands in the way of a cutover, and nobody may accept it: it would lose data.
    void unsafeCutover(String id, Cluster on, String finding, String mend) {
        rows.add(new Check(id, on.name(), "", Verdict.FAIL, finding, mend, Blocks.CUTOVER, true));
    }

    /// A failure that stands in the way of nothing by itself.
    void failOnly(String id, Cluster on, String finding, String mend) {
        rows.add(new Check(id, on.name(), "", Verdict.FAIL, finding, mend, Blocks.NONE, false));
    }

    void unknown(Looking look, Cluster on, SQLException why) {
        var report = on.refusal(why).report();
        rows.add(
                new Check(
                        look.id(),
                        on.name(),
                        "",
                        Verdict.UNKNOWN,
                        report.message(),
                        report.hint(),
                        look.blocks(),
                        false));
    }

    /// A row about each object, or one that says all is well.
    void each(List<String> objects, String id, Cluster on, String well, Row row) {
        if (objects.isEmpty()) {
            pass(id, on, well);
        }
        for (var object : objects) {
            rows.add(row.about(object));
        }
    }

    @FunctionalInterface
    interface Row {
        Check about(String object);
    }

    /// `3 tables: a, b, c`, cut when there are many.
    static String named(String what, List<String> names) {
        var shown = String.join(", ", names.subList(0, Math.min(NAMES_SHOWN, names.size())));
        var more = names.size() - NAMES_SHOWN;
        return names.size()
                + " "
                + what
                + ": "
                + shown
                + (more > 0 ? " and " + more + " more" : "");
    }
}
