package dev.pointsman.core.cutover;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.config.CutoverSettings.Sequences;
import dev.pointsman.core.config.CutoverSettings.Strangers;
import dev.pointsman.core.cutover.books.ServerBooks;
import dev.pointsman.core.cutover.books.TargetFence;
import dev.pointsman.core.cutover.record.Evidence;
import dev.pointsman.core.cutover.record.Silence;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.report.Phase;
import dev.pointsman.core.cutover.report.Report;
import dev.pointsman.core.cutover.report.Trouble;
import dev.pointsman.core.cutover.run.Course;
import dev.pointsman.core.cutover.run.Cutover;
import dev.pointsman.core.cutover.run.Ending;
import dev.pointsman.core.cutover.run.Plan;
import dev.pointsman.core.cutover.run.Will;
import dev.pointsman.core.gate.Waits;
import dev.pointsman.core.meter.DatabaseMeter;
import dev.pointsman.core.migration.passage.Crossing;
import dev.pointsman.core.migration.passage.Ours;
import dev.pointsman.core.migration.passage.Passage;
import dev.pointsman.core.migration.passage.Passage.Claim;
import dev.pointsman.core.migration.passage.SqlPassage;
import dev.pointsman.core.migration.preflight.Preflight;
import dev.pointsman.core.wire.Refused;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// One attempt of an order, with the numbers that it takes and the report that it leaves. Used
/// once.
final class Attempt {
    private static final long SEQUENCE_GAP = 10_000;

    private final CutoverOrder order;
    private final OrderRun.Around around;
    private final Way way;
    private final Claim claim;
    private final Taken taken;
    private boolean leavesFence;
    private boolean leftToSettle;
    private Supplier<Waits> waits = () -> Waits.NONE;

    /// Where all attempts of an order lead, and what looks at both ends of it.
    record Way(Crossing crossing, Preflight preflight, TargetFence.Strays strays) {}

    /// The report; with `again` another attempt may go better.
    record Done(Report report, boolean again) {}

    /// What the report tells from the beginning on.
    private record Taken(Report.Subject subject, Report.Asked asked, Course course) {}

    private Attempt(CutoverOrder order, OrderRun.Around around, Way way, Claim claim, Taken taken) {
        this.order = order;
        this.around = around;
        this.way = way;
        this.claim = claim;
        this.taken = taken;
    }

    /// Takes the next numbers; nothing has been changed anywhere yet.
    ///
    /// @throws Refused while a server cannot be asked, or another instance's attempt is open, or
    ///   when the state folder is not there any more
    static Attempt begin(
            CutoverOrder order, OrderRun.Around around, Way way, Consumer<Phase> progress)
            throws Refused {
        around.parts().folder().requireInPlace();
        around.journal().requireInPlace();
        var crossing = way.crossing();
        var name = around.database().name();
        var evidence = around.evidence();
        requireNoOther(evidence, around, crossing.source().name());
        var reported = around.reports().highestId(name);
        var number = 1 + Math.max(evidence.highestAttempt(), reported);
        var claim =
                new Claim(
                        ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE),
                        order.dryRun() ? -number : evidence.highestEpoch() + 1,
                        number,
                        crossing.target().name(),
                        order.dryRun());
        var asked =
                new Report.Asked(
                        Instant.now(),
                        order.requester(),
                        order.dryRun(),
                        order.accepted(),
                        new Report.Versions(
                                around.parts().version(),
                                version(crossing.source()),
                                version(crossing.target())));
        var subject =
                new Report.Subject(
                        number,
                        order.databases(),
                        crossing.source().name(),
                        crossing.target().name(),
                        Math.max(0, claim.epoch()));
        var course = new Course(name, around.parts().meter().database(name), progress);
        return new Attempt(order, around, way, claim, new Taken(subject, asked, course));
    }

    /// Whatever this run wrote would outrank an attempt of another instance that is under way.
    private static void requireNoOther(Evidence evidence, OrderRun.Around around, String source)
            throws Refused {
        var others = evidence.openOfOthers(source, around.parts().clusters().instance());
        if (!others.isEmpty()) {
            var open = others.getFirst();
            throw OrderRun.refused(
                    "attempt %d of instance %s to lead clients to %s is open on %s"
                            .formatted(open.attempt(), open.instance(), open.server(), source),
                    "REPAIR %s settles it in place, and says so while that instance may be alive."
                            .formatted(around.database().name()));
        }
    }

    private static String version(Cluster cluster) throws Refused {
        try {
            return cluster.facts().version();
        } catch (SQLException e) {
            throw cluster.refusal(e);
        }
    }

    /// As it is seen from outside now. Any thread.
    Running running() {
        var asked = taken.asked();
        return new Running(taken.subject(), asked, taken.course().stage(), asked.started());
    }

    /// After [#run]: whether an undo may have left a fence on the server that serves.
    boolean leavesFence() {
        return leavesFence;
    }

    Done run(Will will) throws Refused {
        var ending = carryOut(will);
        var course = taken.course();
        var warnings = new ArrayList<>(ending.warnings());
        if (ending.outcome() == Outcome.SWITCHED) {
            warnings.addAll(follow());
        }
        var waited = waits.get();
        course.waited(waited);
        course.end();
        var report =
                new Report(
                        taken.subject(),
                        taken.asked(),
                        new Report.Ending(
                                ending.outcome(),
                                course.reached(),
                                ending.message(),
                                warnings,
                                course.phases()),
                        new Report.Pause(
                                course.pause(),
                                ending.longestHold(),
                                Optional.of(new Report.Waited(waited.longest(), waited.median())),
                                ending.clients()),
                        ending.evidence());
        around.parts()
                .meter()
                .database(around.database().name())
                .cutover(DatabaseMeter.Outcome.valueOf(ending.outcome().name()));
        around.reports().add(report);
        return new Done(report, ending.again());
    }

    private Ending carryOut(Will will) {
        var crossing = way.crossing();
        var settings = around.database().cutover().holdingAtMost(order.maxPause());
        var instance = around.parts().clusters().instance();
        var ours =
                new Ours(
                        Set.of(),
                        "pointsman/" + instance,
                        settings.ignoreStrangers(),
                        settings.strangers() == Strangers.TOLERATE);
        var plan = new Plan(claim, crossing.source().name(), settings, ours, order.accepted());
        var fence =
                new TargetFence(
                        crossing,
                        around.traffic(),
                        ours,
                        way.strays(),
                        around.parts().fencedLogins());
        var books = new ServerBooks(claim, crossing, around.journal(), fence, instance);
        var terms =
                new SqlPassage.Terms(
                        around.database().cutover().holdLimit(),
                        settings.sequences() == Sequences.GAP ? SEQUENCE_GAP : 0,
                        claim.dry());
        var instances = new Passage.Instances(instance, around.living());
        try (var passage = new SqlPassage(crossing, way.preflight(), instances, terms)) {
            var parts = new Cutover.Parts(passage, around.traffic(), books, taken.course(), will);
            var cutover = new Cutover(plan, parts, around.parts().watch(), Silence.LIMITS);
            waits = cutover::waits;
            var ending = cutover.run();
            leftToSettle = cutover.isLeftToSettle();
            leavesFence = !books.warnings().isEmpty();
            if (fence.isLeftOpen() && ending.outcome().leavesTheSourceServing()) {
                around.following().repeat();
            }
            return ending.warning(books.warnings());
        }
    }

    private List<String> follow() throws Refused {
        taken.course().follow();
        if (!leftToSettle) {
            var instance = around.parts().clusters().instance();
            var decided = evidenceAfter().decision(claim.epoch(), instance);
            around.following().begin(way.crossing(), decided);
        }
        var left = around.following().await(OrderRun.FOLLOW_LIMIT);
        if (!left.isEmpty()) {
            return List.of(Trouble.unfinished(left));
        }
        return around.following().warnings().stream()
                .filter(warning -> !order.ignoresStrays() || !Trouble.isPastTheProxy(warning))
                .toList();
    }

    /// From the journal at least, which has just been written.
    private Evidence evidenceAfter() {
        return new Evidence(
                around.database().name(),
                around.database().serve(),
                around.journal().lines(around.database().name()),
                List.of());
    }
}
