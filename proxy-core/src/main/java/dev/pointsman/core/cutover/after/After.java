package dev.pointsman.core.cutover.after;

import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.cutover.books.ServerBooks;
import dev.pointsman.core.cutover.fence.Fence;
import dev.pointsman.core.cutover.fence.OldValues;
import dev.pointsman.core.cutover.journal.Line;
import dev.pointsman.core.cutover.record.EpochRecord;
import dev.pointsman.core.cutover.record.Records;
import dev.pointsman.core.cutover.report.Trouble;
import dev.pointsman.core.cutover.run.Step;
import dev.pointsman.core.cutover.run.Traffic;
import dev.pointsman.core.migration.OurSchema;
import dev.pointsman.core.migration.passage.Crossing;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What follows a decision. Each step can be repeated, and all of them together: what was done is
/// found done. The order is the proof that no change ever goes round in a circle.
public final class After {
    private static final Logger log = LoggerFactory.getLogger(After.class);
    private static final Duration BREATH = Duration.ofMillis(250);

    private final Crossing crossing;
    private final EpochRecord decided;
    private final Traffic traffic;
    private final Turning turning;
    private final Step.Watch watch;
    private final Optional<List<String>> told;
    private List<String> strays = List.of();
    private Optional<List<String>> pastTheProxy = Optional.empty();

    /// `crossing` is the one that was decided, `decided` its record with both positions; `told`
    /// what a watch over the target has told of it until then, or empty where what was written on
    /// it before it served has been looked for already.
    public After(
            Crossing crossing,
            EpochRecord decided,
            Traffic traffic,
            Step.Watch watch,
            Optional<List<String>> told) {
        this.crossing = crossing;
        this.decided = decided;
        this.traffic = traffic;
        this.turning = new Turning(crossing, decided.positions().target(), watch);
        this.watch = watch;
        this.told = told;
    }

    /// Does what is not done yet; throws when a server cannot be had or does not do as asked, and
    /// may then be run again. Returns what to warn of.
    public List<String> run() throws SQLException, InterruptedException {
        // Clients run on the target. If it was left once, new logins are let in for good now.
        liftTargetsFence();
        traffic.unseal(crossing.target().name());

        // Everybody can work. What has been held runs first, undisturbed by what is in no hurry.
        Thread.sleep(BREATH);

        // The target's slot still shows what was written there before it served: in a moment it is
        // moved beyond that.
        var past = pastTheProxy();

        // Nothing of ours is needed on the source any more.
        traffic.retire(crossing.source().name());
        tellSource();
        keepSourceFenced();
        watch.passed(Step.SOURCE_TOLD);

        // Both servers know who serves. Changes have to flow the other way from here on.
        var warnings = new ArrayList<>(turning.run());
        warnings.addAll(past);

        // What the fenced source sees from its mark on came past us.
        advanceCanary();
        return warnings;
    }

    private void liftTargetsFence() throws SQLException {
        crossing.target()
                .call(
                        on -> {
                            OurSchema.inTransaction(
                                    on, () -> ServerBooks.liftAll(on, crossing.database()));
                            return true;
                        });
    }

    private void tellSource() throws SQLException {
        crossing.source()
                .call(
                        on -> {
                            Records.tellSource(on, decided);
                            return true;
                        });
        crossing.target()
                .call(
                        on -> {
                            Records.settle(on, decided.epoch());
                            return true;
                        });
    }

    /// An attempt to come back that was given up may have left a gap in it, and an undo that the
    /// decision outlived has lifted it.
    private void keepSourceFenced() throws SQLException {
        crossing.source()
                .call(
                        on -> {
                            OurSchema.inTransaction(on, () -> refence(on));
                            return true;
                        });
    }

    private void refence(Connection on) throws SQLException {
        // Whatever was given up and is still under way here, such as an undo that lifts the fence,
        // has written to the table: it is waited for, and comes before what is read now.
        Sql.run(on, "SET LOCAL lock_timeout = '5s'");
        Sql.run(on, "LOCK TABLE pointsman.record IN SHARE ROW EXCLUSIVE MODE");
        var fences =
                Records.read(on, crossing.database()).stream()
                        .filter(EpochRecord::isFence)
                        .toList();
        for (var record : fences) {
            Fence.raise(on, OldValues.fromJson(record.fence()));
        }
        if (fences.isEmpty() && crossing.source().database().cutover().fence()) {
            var old = Fence.read(on);
            Records.fenced(on, decided.epoch(), old.toJson());
            Fence.raise(on, old);
        }
    }

    /// What others wrote on a target that was left once, behind the last look at it and before
    /// clients did. It stays there, and the way back begins behind it. Looked for once.
    private List<String> pastTheProxy() {
        var looked = pastTheProxy.orElseGet(() -> told.map(this::pastTheProxy).orElse(List.of()));
        pastTheProxy = Optional.of(looked);
        return looked;
    }

    private List<String> pastTheProxy(List<String> alreadyTold) {
        var target = crossing.target();
        try {
            var written = target.call(this::writtenBefore);
            strays = written.subList(Math.min(alreadyTold.size(), written.size()), written.size());
            if (!strays.isEmpty()) {
                log.atError()
                        .addKeyValue("database", crossing.database())
                        .addKeyValue("server", target.name())
                        .addKeyValue("writes", strays)
                        .log("stray writes just before this server served");
            }
            return written.isEmpty() ? List.of() : List.of(onlyThere(written));
        } catch (SQLException e) {
            log.atWarn()
                    .addKeyValue("database", crossing.database())
                    .addKeyValue("server", target.name())
                    .addKeyValue("cause", e.getMessage())
                    .log("stray writes just before this server served cannot be looked for");
            return List.of(
                    Trouble.pastTheProxy(
                            "nobody can tell whether anything was on %s just before it served: %s"
                                    .formatted(target.name(), e.getMessage())));
        }
    }

    private String onlyThere(List<String> written) {
        return Trouble.pastTheProxy(
                "%s has it since just before it served, and %s lacks it: %s"
                        .formatted(
                                crossing.target().name(),
                                crossing.source().name(),
                                String.join("; ", written)));
    }

    private List<String> writtenBefore(Connection on) throws SQLException {
        var left =
                Records.read(on, crossing.database()).stream()
                        .anyMatch(
                                one ->
                                        one.kind() == EpochRecord.Kind.DECIDED
                                                && one.epoch() < decided.epoch());
        return left && !decided.positions().equals(Line.Positions.NONE)
                ? StrayWatch.before(on, crossing.reversed().canary(), decided.positions().target())
                : List.of();
    }

    /// After [#run]: what others wrote on the target just before it served, and nobody was told.
    List<String> strays() {
        return strays;
    }

    private void advanceCanary() throws SQLException {
        if (!decided.positions().equals(Line.Positions.NONE)) {
            crossing.source().call(on -> advance(on, crossing.canary(), decided));
        }
    }

    private static List<String> advance(Connection on, String slot, EpochRecord decided)
            throws SQLException {
        return Sql.texts(
                on,
                """
                SELECT pg_replication_slot_advance(slot_name, ?::pg_lsn)::text
                  FROM pg_replication_slots
                 WHERE slot_name = ? AND NOT active AND confirmed_flush_lsn < ?::pg_lsn\
                """,
                decided.positions().source(),
                slot,
                decided.positions().source());
    }
}
