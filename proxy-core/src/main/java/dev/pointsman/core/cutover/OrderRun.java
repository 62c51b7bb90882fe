package dev.pointsman.core.cutover;

import dev.pointsman.core.config.Database;
import dev.pointsman.core.cutover.after.Following;
import dev.pointsman.core.cutover.books.FenceMeans;
import dev.pointsman.core.cutover.journal.Journal;
import dev.pointsman.core.cutover.record.Evidence;
import dev.pointsman.core.cutover.record.Reading;
import dev.pointsman.core.cutover.report.Phase;
import dev.pointsman.core.cutover.report.Report;
import dev.pointsman.core.cutover.report.Reports;
import dev.pointsman.core.cutover.run.Traffic;
import dev.pointsman.core.cutover.run.Will;
import dev.pointsman.core.cutover.settle.Crossings;
import dev.pointsman.core.cutover.settle.EvidenceReader;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.passage.Crossing;
import dev.pointsman.core.migration.passage.Deadline;
import dev.pointsman.core.migration.passage.Passage;
import dev.pointsman.core.migration.preflight.Preflight;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// One order being carried out: its attempts, one after the other, each with a report. Used once.
final class OrderRun {
    static final Duration FOLLOW_LIMIT = Duration.ofSeconds(60);

    private final CutoverOrder order;
    private final Around around;
    private final Consumer<Phase> progress;
    private final Will will = new Will();
    private volatile @Nullable Attempt now;
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
            Reports reports) {

        /// What can be known about who serves.
        ///
        /// @throws Refused while a server cannot be asked
        Evidence evidence() throws Refused {
            var evidence = reader.read(database);
            for (var reading : evidence.readings()) {
                if (reading instanceof Reading.Unreadable(var server, var why)) {
                    throw refused("server " + server + " cannot be asked: " + why, "");
                }
            }
            return evidence;
        }
    }

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
        return Optional.ofNullable(now).map(Attempt::running);
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
        requireWayBack(crossing);
        requireNoStrays(crossing);
        requireMeansOfFence(crossing);
        requireShortPause(crossing);
        var instance = around.parts().clusters().instance();
        var way =
                new Attempt.Way(
                        crossing,
                        new Preflight(instance, crossing.source(), crossing.target()),
                        () -> strays(crossing));
        var attempts = order.dryRun() ? 1 : around.database().cutover().attempts();
        for (int number = 1; ; number++) {
            var done = attempt(way);
            if (!done.again() || number >= attempts || will.isCancelled()) {
                return done.report();
            }
            awaitNextAttempt();
            if (!around.following().await(FOLLOW_LIMIT).isEmpty()) {
                return done.report();
            }
        }
    }

    private Attempt.Done attempt(Attempt.Way way) throws Refused {
        var attempt = Attempt.begin(order, around, way, progress);
        now = attempt;
        try {
            return attempt.run(will);
        } finally {
            leavesFence |= attempt.leavesFence();
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

    static Refused refused(String message, String hint) {
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
                if (around.evidence().lastDecision().isEmpty()) {
                    throw refused(
                            "no cutover of " + around.database().name() + " leads back",
                            "CUTOVER … TO a server.");
                }
                yield "";
            }
        };
    }

    private void requireWayBack(Crossing crossing) throws Refused {
        var name = around.database().name();
        try {
            if (crossing.direction() == Direction.BACK
                    && !around.crossings().leadsBack(name, crossing.source().name())) {
                throw refused(
                        "the migration of %s from %s to %s was begun without a way back (ACCEPT way-back)"
                                .formatted(
                                        name, crossing.target().name(), crossing.source().name()),
                        "MIGRATE " + name + " COMPLETE ends it.");
            }
        } catch (SQLException e) {
            throw crossing.source().refusal(e);
        }
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
            var why = crossing.target().refusal(e).report();
            throw refused(
                    "nobody can tell who wrote past the proxy meanwhile: " + why.message(),
                    why.hint());
        }
    }

    /// Writes past the proxy to the target since it was left, unless they are to be ignored. Nobody
    /// has left it yet where there is no watch over the way there; a way back always has one.
    private List<String> strays(Crossing crossing) throws SQLException {
        var watch =
                around.following()
                        .strays()
                        .filter(one -> one.left().names().equals(crossing.names()))
                        .filter(one -> one.left().source().name().equals(crossing.target().name()));
        if (order.ignoresStrays()) {
            return List.of();
        }
        if (watch.isPresent()) {
            return watch.get().look();
        }
        return switch (crossing.direction()) {
            case FORWARD -> List.of();
            case BACK ->
                    throw new SQLException(
                            "nobody watches server %s since it was left; REPAIR %s begins again"
                                    .formatted(crossing.target().name(), crossing.database()));
        };
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
}
