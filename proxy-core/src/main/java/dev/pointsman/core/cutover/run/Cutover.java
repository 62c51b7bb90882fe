package dev.pointsman.core.cutover.run;

import dev.pointsman.core.cluster.backend.Unconfirmed;
import dev.pointsman.core.cutover.record.Silence;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.report.Report;
import dev.pointsman.core.cutover.report.Trouble;
import dev.pointsman.core.gate.HoldFigures;
import dev.pointsman.core.gate.Waits;
import dev.pointsman.core.migration.passage.Deadline;
import dev.pointsman.core.migration.passage.Difference;
import dev.pointsman.core.migration.passage.Passage;
import dev.pointsman.core.migration.passage.Passage.Arrived;
import dev.pointsman.core.migration.passage.Passage.Marked;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// One attempt to lead the clients of a database from the source to the target. Either it happened,
/// or it is as if nothing had happened. Used once, on one thread that nobody interrupts.
///
/// [#cross] is the runbook: each comment says what is true of the world at that line.
public final class Cutover {
    private static final Logger log = LoggerFactory.getLogger(Cutover.class);
    private static final Duration LULL_LIMIT = Duration.ofMillis(60);
    private static final Duration WAITS_LIMIT = Duration.ofSeconds(1);

    private final Plan plan;
    private final Passage passage;
    private final Traffic traffic;
    private final Books books;
    private final Course course;
    private final Will will;
    private final Step.Watch watch;
    private final Silence silence;

    private final List<String> warnings = new ArrayList<>();
    private final Approach approach;
    private Traffic.@Nullable Grip grip;
    private Deadline holdBy = Deadline.in(Duration.ZERO);
    private boolean begun;
    private boolean journalled;
    private boolean leftToSettle;
    private @Nullable Drain drain;
    private Marked marked = new Marked("", 0);
    private Arrived arrived = new Arrived("", 0);
    private HoldFigures figures = HoldFigures.NONE;

    /// What a run works with.
    public record Parts(Passage passage, Traffic traffic, Books books, Course course, Will will) {}

    /// What others were told beforehand is what `silence` says.
    public Cutover(Plan plan, Parts parts, Step.Watch watch, Silence silence) {
        this.silence = silence;
        this.plan = plan;
        this.passage = parts.passage();
        this.traffic = parts.traffic();
        this.books = parts.books();
        this.course = parts.course();
        this.will = parts.will();
        this.watch = watch;
        this.approach = new Approach(plan, parts, warnings);
    }

    /// Carries the attempt out and says how it ended. Throws nothing but faults of the JVM, in
    /// whose case clients stay held until what was written down is settled.
    public Ending run() {
        try {
            cross();
            return plan.dryRun()
                    ? ending(
                            Outcome.REHEARSED,
                            plan.source() + " serves; nothing was changed",
                            false)
                    : ending(Outcome.SWITCHED, plan.target() + " serves", false);
        } catch (Abort e) {
            approach.gaveUpOver(e.named());
            return undo(e, e.again());
        } catch (Difference e) {
            return undo(e, e.kind() == Difference.Kind.OURS_BUSY);
        } catch (SQLException | IOException | InterruptedException | RuntimeException e) {
            log.atWarn().addKeyValue("cause", e).log("cutover attempt failed");
            return undo(e, false);
        } catch (Error e) {
            traffic.keepHeld();
            release(grip);
            throw e;
        }
    }

    private void cross() throws Abort, Difference, SQLException, IOException, InterruptedException {
        // Clients run on the source. Nothing has been changed anywhere.
        course.enter(new State.Checking(plan.source(), plan.target()));
        approach.requireConditions();
        watch.passed(Step.CHECKED);

        // Replication keeps up and every table is in it. Whatever an earlier attempt left running
        // could still commit, so it is ended before this one says anything.
        course.enter(new State.Clearing());
        passage.clearLeftovers();

        // Nothing of ours runs on either server but what this process started.
        course.enter(new State.Warming(plan.target()));
        approach.warm();
        watch.passed(Step.WARMED);

        // The target has a logged-in connection for everybody, and every statement of the pause has
        // run once. What is missing is a moment without long transactions.
        course.enter(new State.Calming());
        approach.awaitCalm();

        // The source is quiet enough. What the journal's first line begins must have an outcome.
        course.enter(new State.Fencing(plan.means()));
        raiseFence();
        watch.passed(Step.FENCED);
        approach.requireNobodyElse();
        will.requireFree();

        // Nobody else gets into the source, and no new connection of ours is opened to it.
        if (!plan.dryRun()) {
            books.open();
            begun = true;
            books.claim();
        }
        watch.passed(Step.OPENED);

        // Should this process die now, the journal says what was under way, and the epoch is ours.
        traffic.awaitLull(LULL_LIMIT);
        course.enter(new State.Holding(plan.claim().attempt()));
        requireTime(holdBy, "preparing took longer than others were told that it may");
        var deadline = Deadline.in(plan.settings().holdLimit());
        var held = traffic.hold(plan.claim().attempt());
        grip = held;
        passage.bound(deadline);
        watch.passed(Step.HELD);

        // No new transaction of ours begins on the source.
        course.enter(new State.Draining());
        var draining = new Drain(held, plan, will);
        drain = draining;
        draining.await(deadline);
        watch.passed(Step.DRAINED);

        // Nothing of ours runs on the source: every commit acknowledged to a client is done.
        course.enter(new State.Marking(plan.claim().marker()));
        marked = mark(deadline);
        watch.passed(Step.MARKED);

        // Every acknowledged commit is before the marker, and the source knows of the attempt.
        course.enter(new State.Arriving(marked));
        arrived = passage.arrive(plan.claim(), approach.there());
        watch.passed(Step.ARRIVED);

        // The target has everything; its flush is the decision's commit. Last look at the source:
        // nobody has taken a transaction id there since the mark.
        course.enter(new State.Deciding(arrived, plan.claim().epoch()));
        passage.confirmHorizon(marked, plan.tolerates());
        watch.passed(Step.CONFIRMED);

        // The run decides for itself, once. After this line a cancel does nothing, and a failure of
        // any kind leads through the undo.
        requireTime(deadline, "the hold limit has passed before the decision");
        will.decide();
        passage.decide(plan.claim(), marked, arrived);
        watch.passed(Step.DECIDED);
        if (plan.dryRun()) {
            letGo(held);
            books.refenceTarget();
            books.rehearsed(marked, arrived);
            traffic.retire(plan.target());
            return;
        }
        books.decided(marked, arrived);
        journalled = true;
        watch.passed(Step.JOURNALLED);

        // The point of no return is behind: every failure from here on leads on to the target.
        course.enter(new State.Swapping(plan.target(), plan.claim().epoch()));
        traffic.swap(plan.target(), plan.claim().epoch());
        var ended = traffic.endUncarriable(passage.lockHolders());
        if (ended > 0) {
            warnings.add(ended + " sessions were ended: they listen, or hold advisory locks");
        }
        watch.passed(Step.SWAPPED);

        // New transactions go to the target.
        letGo(held);
        traffic.carryOver();
    }

    private void letGo(Traffic.Grip held) {
        course.enter(new State.Releasing());
        figures = held.open();
        course.released(figures.lasted());
        traffic.unseal(plan.source());
        watch.passed(Step.RELEASED);
    }

    private void raiseFence() throws SQLException, IOException, Abort {
        // One that is opened from here on would pass for a stranger on the target.
        traffic.endWarming(plan.target());
        holdBy = Deadline.in(silence.beforeHold());
        traffic.seal(plan.source());
        // It may have come since the leftovers were looked at: calm takes its time.
        passage.requireAlone();
        if (plan.dryRun()) {
            return;
        }
        if (plan.fences()) {
            books.announceFence();
            begun = true;
            holdBy = Deadline.in(silence.beforeHold());
            books.raiseFence();
        } else {
            warnings.add("no fence: writers past the proxy are kept out by nothing");
        }
    }

    /// A connection that is being cleaned after its last transaction shows as busy for a moment.
    private Marked mark(Deadline deadline) throws SQLException, Difference, Abort {
        var until = Deadline.in(deadline.leftAtMost(plan.settings().drainTimeout()));
        while (true) {
            try {
                return passage.mark(plan.claim(), approach.here());
            } catch (Difference e) {
                if (e.kind() != Difference.Kind.OURS_BUSY || until.passed()) {
                    throw e;
                }
                will.requireFree();
                LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
            }
        }
    }

    private static void requireTime(Deadline deadline, String otherwise) throws Abort {
        if (deadline.passed()) {
            throw Abort.because(otherwise);
        }
    }

    /// Leads back to the source. Gates open only when its own record table and the journal say so.
    private Ending undo(Exception why, boolean again) {
        if (journalled) {
            return afterDecision(why);
        }
        course.enter(new State.Undoing(words(why)));
        var held = grip;
        if (begun && !written()) {
            // Before the settling begins, which lifts it for good should the target serve.
            books.refenceTarget();
            traffic.keepHeld();
            release(held);
            return ending(
                    Outcome.UNKNOWN,
                    explained(why) + "; clients stay held until it is settled",
                    false);
        }
        watch.passed(Step.UNDONE);
        release(held);
        traffic.unseal(plan.source());
        traffic.retire(plan.target());
        books.refenceTarget();
        var outcome = held == null && !begun ? Outcome.REFUSED : Outcome.ROLLED_BACK;
        return ending(outcome, explained(why) + "; " + plan.source() + " still serves", again);
    }

    private static String words(Exception why) {
        return switch (why) {
            case Abort abort -> String.valueOf(abort.getMessage());
            case Difference difference -> String.valueOf(difference.getMessage());
            default -> Abort.words(why);
        };
    }

    /// The same with what a silent server itself says to it. Asked behind the release: a client
    /// waits for no diagnosis.
    private static String explained(Exception why) {
        return Unconfirmed.explanation(why).orElseGet(() -> words(why));
    }

    private void release(Traffic.@Nullable Grip held) {
        if (held != null) {
            figures = held.open();
            course.released(figures.lasted());
        }
    }

    private boolean written() {
        var until = Deadline.in(silence.undo());
        while (true) {
            try {
                books.undo();
                watch.passed(Step.UNDO_COMMITTED);
                books.undone();
                return true;
            } catch (SQLException | IOException | RuntimeException e) {
                log.atWarn().addKeyValue("cause", e).log("the undo could not be written");
                if (until.passed()) {
                    return false;
                }
                LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
            }
        }
    }

    /// Something failed behind the journal's line; the target serves all the same. Whatever of the
    /// swap and the release is left is the settling's, which keeps clients held until it is done.
    private Ending afterDecision(Exception why) {
        leftToSettle = true;
        traffic.keepHeld();
        release(grip);
        warnings.add(
                Trouble.failed(
                        explained(why)
                                + "; clients were held for longer than this report says, until it"
                                + " was settled"));
        return ending(Outcome.SWITCHED, plan.target() + " serves", false);
    }

    /// After [#run]: whether what follows the decision begins with the settling.
    public boolean isLeftToSettle() {
        return leftToSettle;
    }

    /// After [#run]: how long clients waited because of it. Waits for the last statement to go on,
    /// for a moment: one that is kept by a full pool counts with its time so far.
    public Waits waits() {
        var held = grip;
        return held == null ? Waits.NONE : held.waits(WAITS_LIMIT);
    }

    private Ending ending(Outcome outcome, String message, boolean again) {
        return new Ending(
                outcome,
                message,
                again,
                new Report.Clients(
                        approach.connected(),
                        figures.clientsHeld(),
                        figures.drained(),
                        drain == null ? 0 : drain.cancelled(),
                        drain == null ? 0 : drain.failed(),
                        figures.bytesHeld()),
                figures.longestHold(),
                new Report.Evidence(
                        marked.sourceLsn(),
                        arrived.targetLsn(),
                        plan.claim().marker(),
                        arrived.sequencesSet(),
                        approach.strangers()),
                List.copyOf(warnings));
    }
}
