package dev.pointsman.core.cutover;

import dev.pointsman.core.cutover.report.Phase;
import dev.pointsman.core.cutover.report.Report;
import dev.pointsman.core.cutover.why.WhyRow;
import dev.pointsman.core.migration.Check;
import dev.pointsman.core.wire.Refused;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The front door of everything about cutovers. Its methods may be called from any virtual thread.
public interface Cutovers extends AutoCloseable {

    /// Carries an order out on the caller's thread, attempts included, and returns when the outcome
    /// is known and what follows it is done or given to the background. Interrupting the caller or
    /// losing its connection changes nothing; use [#cancel]. Throws when the order is refused
    /// before anything was tried; whatever happens later is told by the report.
    Report run(CutoverOrder order, Consumer<Phase> progress) throws Refused;

    /// Gives up the running cutover if it has not decided yet.
    void cancel(String database) throws Refused;

    /// All reports, oldest first, those of earlier processes included.
    List<Report> reports();

    Optional<Running> running(String database);

    /// Whether a run holds this database; other verbs then answer 55006.
    boolean busy(String database);

    /// Which run holds this database, in the middle of a sentence: by its number, or, before that
    /// can be known, by what it does; empty when none does.
    Optional<String> busyWith(String database);

    /// Which other living instance serves this database too; empty when none is known.
    Optional<String> otherInstance(String database);

    /// The rows of `CHECK` about the fence, on the server that serves and on the one to move to:
    /// whether one can be put up there, as a run would find.
    List<Check> fence(String database, String target) throws Refused;

    /// Whether no other living instance serves this database too, by what all of its servers say.
    boolean isAlone(String database);

    /// What decides who serves, and what is unfinished.
    List<WhyRow> why(String database);

    /// Finishes or undoes what is unfinished; safe to call twice.
    RepairResult repair(String database, boolean dryRun) throws Refused;

    /// The SQL that lifts what fences stand, to be run without Pointsman, with a comment line per
    /// server; empty when none stands.
    List<String> repairSql(String database) throws Refused;

    /// Called once at the start, before anybody listens: decides every route from the journal and
    /// the records, opens the gates of what is settled and goes on trying for the rest.
    void settle();

    @Override
    void close();
}
