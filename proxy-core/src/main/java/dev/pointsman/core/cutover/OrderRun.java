package dev.pointsman.core.cutover;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.config.CutoverSettings.Sequences;
import dev.pointsman.core.config.CutoverSettings.Strangers;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.cutover.after.Following;
import dev.pointsman.core.cutover.books.FenceMeans;
import dev.pointsman.core.cutover.books.ServerBooks;
import dev.pointsman.core.cutover.books.TargetFence;
import dev.pointsman.core.cutover.journal.Journal;
import dev.pointsman.core.cutover.record.Evidence;
import dev.pointsman.core.cutover.record.Reading;
import dev.pointsman.core.cutover.record.Silence;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.report.Phase;
import dev.pointsman.core.cutover.report.Report;
import dev.pointsman.core.cutover.report.Reports;
import dev.pointsman.core.cutover.report.Trouble;
import dev.pointsman.core.cutover.run.Course;
import dev.pointsman.core.cutover.run.Cutover;
import dev.pointsman.core.cutover.run.Ending;
import dev.pointsman.core.cutover.run.Plan;
import dev.pointsman.core.cutover.run.Traffic;
import dev.pointsman.core.cutover.run.Will;
import dev.pointsman.core.cutover.settle.Crossings;
import dev.pointsman.core.cutover.settle.EvidenceReader;
import dev.pointsman.core.meter.DatabaseMeter;
import dev.pointsman.core.migration.passage.Crossing;
import dev.pointsman.core.migration.passage.Deadline;
import dev.pointsman.core.migration.passage.Ours;
import dev.pointsman.core.migration.passage.Passage;
import dev.pointsman.core.migration.passage.Passage.Claim;
import dev.pointsman.core.migration.passage.SqlPassage;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// One order being carried out: its attempts, one after the other, each with a report. Used once.
final class OrderRun {
    private static final Duration FOLLOW_LIMIT = Duration.ofSeconds(60);
    private static final long SEQUENCE_GAP = 10_000;

    private final CutoverOrder order;
    private final Around around;
    private final Consumer<Phase> progress;
    private final Will will = new Will();
    private volatile @Nullable Now now;
    private volatile String doing = "asks for other instances";
    private boolean leavesFence;

    /// What surrounds the run.
    record Around(
            Database database,
            Parts parts,
            Journal journal,
            EvidenceReader reader,
            Crossings crossings,
            Traffic traffic,
            Following following,
            Passage.Living living,
            Reports reports) {}

    /// The attempt that is being made.
    private record Now(Report.Subject subject, Report.Asked asked, Course course) {}

    OrderRun(CutoverOrder order, Around around, Consumer<Phase> progress) {
        this.order = order;
        this.around = around;
        this.progress = progress;
    }

    boolean cancel() {
        return will.cancel();
    }

    /// Which it is, in the middle of a sentence: by its number as soon as it has one.
    String words() {
        return running()
                .map(Running::words)
                .orElse(
                        "a cutover that %s asked for, which %s and has no number yet"
                                .formatted(order.requester().operator(), doing));
    }

    Optional<Running> running() {
        var current = now;
        return current == null
                ? Optional.empty()
                : Optional.of(
                        new Running(
                                current.subject(),
                                current.asked(),
                                current.course().stage(),
                                current.asked().started()));
    }

    /// Attempts that stragglers stopped are made again.
    Report run() throws Refused {
        doing = "waits for the end of the last one";
        var left = around.following().await(FOLLOW_LIMIT);
        if (!left.isEmpty()) {
            throw refused("the last cutover is not finished: " + left, "See SHOW WHY.");
        }
        doing = "reads the records";
        var crossing = crossing();
        requireNoStrays(crossing);
        requireMeansOfFence(crossing);
        requireShortPause(crossing);
        var attempts = order.dryRun() ? 1 : around.database().cutover().attempts();
        for (int number = 1; ; number++) {
            var attempt = attempt(crossing);
            var report = attempt.report();
            if (!attempt.again() || number >= attempts || will.isCancelled()) {
                return report;
            }
            awaitNextAttempt();
            if (!around.following().await(FOLLOW_LIMIT).isEmpty()) {
                return report;
            }
        }
    }

    /// After [#run]: whether an undo may have left a fence on the server that serves.
    boolean leavesFence() {
        return leavesFence;
    }

    private void awaitNextAttempt() {
        var until = Deadline.in(around.database().cutover().attemptPause());
        while (!until.passed() && !will.isCancelled()) {
            LockSupport.parkNanos(until.leftAtMost(Duration.ofMillis(50)).toNanos());
        }
    }

    private static Refused refused(String message, String hint) {
        return new Refused(SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, message, hint);
    }

    private Crossing crossing() throws Refused {
        var name = around.database().name();
        var serving = around.parts().routes().current(name).server();
        var target = targetWanted();
        if (target.equals(serving)) {
            throw refused(serving + " serves " + name + " already", "");
        }
        try {
            return around.crossings()
                    .from(name, serving)
                    .filter(found -> target.isEmpty() || found.target().name().equals(target))
                    .orElseThrow(
                            () ->
                                    refused(
                                            "there is no migration of %s from %s%s"
                                                    .formatted(
                                                            name,
                                                            serving,
                                                            target.isEmpty()
                                                                    ? ""
                                                                    : " to " + target),
                                            "MIGRATE " + name + " TO the server first."));
        } catch (SQLException e) {
            throw around.parts().clusters().of(name, serving).refusal(e);
        }
    }

    /// Empty for the way back, where the migration says it.
    private String targetWanted() throws Refused {
        return switch (order.destination()) {
            case Destination.To(var server) -> {
                if (!around.database().servers().containsKey(server)) {
                    throw refused(
                            "database %s has no server \"%s\""
                                    .formatted(around.database().name(), server),
                            "It has "
                                    + String.join(", ", around.database().servers().keySet())
                                    + ".");
                }
                yield server;
            }
            case Destination.Back _ -> {
                if (evidence().lastDecision().isEmpty()) {
                    throw refused(
                            "no cutover of " + around.database().name() + " leads back",
                            "CUTOVER … TO a server.");
                }
                yield "";
            }
        };
    }

    private Evidence evidence() throws Refused {
        var evidence = around.reader().read(around.database());
        for (var reading : evidence.readings()) {
            if (reading instanceof Reading.Unreadable(var server, var why)) {
                throw refused("server " + server + " cannot be asked: " + why, "");
            }
        }
        return evidence;
    }

    private void requireNoStrays(Crossing crossing) throws Refused {
        try {
            var found = strays(crossing);
            if (!found.isEmpty()) {
                throw refused(
                        "writes came past the proxy to %s since it was left: %s"
                                .formatted(crossing.target().name(), String.join("; ", found)),
                        "See to them, then add IGNORING STRAYS.");
            }
        } catch (SQLException e) {
            throw crossing.target().refusal(e);
        }
    }

    /// Writes past the proxy to the target since it was left, unless they are to be ignored.
    private List<String> strays(Crossing crossing) throws SQLException {
        var ignored =
                order.accepted().contains("strays")
                        || (order.destination() instanceof Destination.Back(var ignoring)
                                && ignoring);
        var watch =
                around.following()
                        .strays()
                        .filter(one -> one.left().names().equals(crossing.names()))
                        .filter(one -> one.left().source().name().equals(crossing.target().name()));
        return ignored || watch.isEmpty() ? List.of() : watch.get().look();
    }

    /// A rehearsal puts up no fence, but is to tell what the real run would run into.
    private void requireMeansOfFence(Crossing crossing) throws Refused {
        if (around.database().cutover().fence()) {
            FenceMeans.require(crossing.source());
        }
    }

    /// The operator's bound against the last pause of this way, rehearsed or real.
    private void requireShortPause(Crossing crossing) throws Refused {
        if (order.maxPause().isZero() || order.dryRun()) {
            return;
        }
        var last = around.reports().lastPause(around.database().name(), crossing.target().name());
        if (last.isEmpty()) {
            throw refused(
                    "nothing is known yet about the pause of this cutover",
                    "Rehearse it: DRY RUN.");
        }
        if (last.get().pause().pause().compareTo(order.maxPause()) > 0) {
            throw refused(
                    "the last pause took %.3f ms, more than the %d ms allowed"
                            .formatted(last.get().pauseMs(), order.maxPause().toMillis()),
                    "Rehearse again at a quieter time, or allow more.");
        }
    }

    private record Attempted(Report report, boolean again) {}

    private Attempted attempt(Crossing crossing) throws Refused {
        var evidence = evidence();
        requireNoOther(evidence, crossing.source().name());
        var reported = around.reports().highestId(around.database().name());
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
        var meter = around.parts().meter().database(around.database().name());
        var course = new Course(around.database().name(), meter, progress);
        now = new Now(subject, asked, course);
        var ending = carryOut(crossing, claim, course);
        var warnings = new ArrayList<>(ending.warnings());
        if (ending.outcome() == Outcome.SWITCHED) {
            warnings.addAll(follow(crossing, claim, course));
        }
        course.end();
        var report =
                new Report(
                        subject,
                        asked,
                        new Report.Ending(
                                ending.outcome(),
                                course.reached(),
                                ending.message(),
                                warnings,
                                course.phases()),
                        new Report.Pause(course.pause(), ending.longestHold(), ending.clients()),
                        ending.evidence());
        meter.cutover(DatabaseMeter.Outcome.valueOf(ending.outcome().name()));
        around.reports().add(report);
        return new Attempted(report, ending.again());
    }

    /// Whatever this run wrote would outrank an attempt of another instance that is under way.
    private void requireNoOther(Evidence evidence, String source) throws Refused {
        var others = evidence.openOfOthers(source, around.parts().clusters().instance());
        if (!others.isEmpty()) {
            var open = others.getFirst();
            throw refused(
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

    private Ending carryOut(Crossing crossing, Claim claim, Course course) {
        var limit = around.database().cutover().holdLimit();
        var settings = around.database().cutover().holdingAtMost(order.maxPause());
        var instance = around.parts().clusters().instance();
        var ours =
                new Ours(
                        java.util.Set.of(),
                        "pointsman/" + instance,
                        settings.ignoreStrangers(),
                        settings.strangers() == Strangers.TOLERATE);
        var plan = new Plan(claim, crossing.source().name(), settings, ours, order.accepted());
        var fence = new TargetFence(crossing, around.traffic(), ours, () -> strays(crossing));
        var books = new ServerBooks(claim, crossing, around.journal(), fence, instance);
        var margin = settings.sequences() == Sequences.GAP ? SEQUENCE_GAP : 0;
        var instances = new Passage.Instances(instance, around.living());
        try (var passage = new SqlPassage(crossing, instances, limit, margin, claim.dry())) {
            var ending =
                    new Cutover(
                                    plan,
                                    new Cutover.Parts(
                                            passage, around.traffic(), books, course, will),
                                    around.parts().watch(),
                                    Silence.LIMITS)
                            .run();
            leavesFence |= !books.warnings().isEmpty();
            if (fence.isLeftOpen() && ending.outcome().leavesTheSourceServing()) {
                around.following().repeat();
            }
            return ending.warning(books.warnings());
        }
    }

    private List<String> follow(Crossing crossing, Claim claim, Course course) throws Refused {
        course.follow();
        var decided = evidenceAfter().decision(claim.epoch(), around.parts().clusters().instance());
        around.following().begin(crossing, decided);
        var left = around.following().await(FOLLOW_LIMIT);
        return left.isEmpty() ? around.following().warnings() : List.of(Trouble.unfinished(left));
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
