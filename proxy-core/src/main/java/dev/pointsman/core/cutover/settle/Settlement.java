package dev.pointsman.core.cutover.settle;

import dev.pointsman.core.cluster.Clusters;
import dev.pointsman.core.cluster.backend.Unconfirmed;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.cutover.books.ServerBooks;
import dev.pointsman.core.cutover.journal.Journal;
import dev.pointsman.core.cutover.journal.Line;
import dev.pointsman.core.cutover.record.EpochRecord;
import dev.pointsman.core.cutover.record.Evidence;
import dev.pointsman.core.cutover.record.Records;
import dev.pointsman.core.cutover.record.Standing;
import dev.pointsman.core.cutover.run.Step;
import dev.pointsman.core.migration.OurSchema;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Brings one database from whatever a crash left to a certain state: either an attempt happened,
/// or it is as if it had not. Safe to repeat at any point.
public final class Settlement {
    private static final int ROUNDS_MAX = 5;

    private final Database database;
    private final EvidenceReader reader;
    private final Clusters clusters;
    private final Journal journal;
    private final Alive alive;
    private final Step.Watch watch;
    private volatile boolean leavesFence;

    public Settlement(
            Database database, Clusters clusters, Journal journal, Alive alive, Step.Watch watch) {
        this.database = database;
        this.reader = new EvidenceReader(clusters, journal);
        this.clusters = clusters;
        this.journal = journal;
        this.alive = alive;
        this.watch = watch;
    }

    /// Why another instance, whose attempt leaves a server of a database, is to be taken for alive;
    /// empty when it is not.
    @FunctionalInterface
    public interface Alive {
        String sign(String database, String server, String instance);
    }

    /// What came of it: who serves now, or why that cannot be said yet, and what was done.
    public sealed interface Result {
        record Settled(String server, long epoch, Evidence evidence, List<String> done)
                implements Result {}

        record Waiting(String why) implements Result {}
    }

    /// What [#run] would do now.
    public List<String> preview() {
        var evidence = reader.read(database);
        return switch (evidence.standing()) {
            case Standing.Held(var why) -> List.of("wait: " + why);
            case Standing.Undo(var undo, var why) ->
                    List.of(
                            "undo with epoch %d on %s, because %s"
                                    .formatted(undo.turn().epoch(), undo.turn().server(), why));
            case Standing.Serves serves -> {
                var steps = new ArrayList<String>();
                if (serves.renew()) {
                    steps.add("give the decision for " + serves.server() + " a later epoch");
                } else if (!journalKnows(serves.epoch())) {
                    steps.add("write epoch " + serves.epoch() + " into the journal");
                }
                if (fenceStands(evidence, serves.server())) {
                    steps.add("lift the fence on " + serves.server());
                }
                yield steps;
            }
        };
    }

    /// Reads, decides, writes, and reads again until nothing is left to write.
    public Result run() {
        var done = new ArrayList<String>();
        for (int round = 0; round < ROUNDS_MAX; round++) {
            var evidence = reader.read(database);
            leavesFence = evidence.mayLeaveFence();
            try {
                switch (evidence.standing()) {
                    case Standing.Held(var why) -> {
                        return new Result.Waiting(why);
                    }
                    case Standing.Undo(var undo, var why) -> {
                        var waiting = waitingForOthers(evidence, undo);
                        if (waiting.isPresent()) {
                            return waiting.get();
                        }
                        undo(undo);
                        done.add(
                                "undone with epoch %d on %s: %s"
                                        .formatted(undo.turn().epoch(), undo.turn().server(), why));
                    }
                    case Standing.Serves serves when serves.renew() -> {
                        renew(evidence, serves);
                        done.add("decision for " + serves.server() + " given a later epoch");
                    }
                    case Standing.Serves serves -> {
                        finish(evidence, serves, done);
                        return new Result.Settled(
                                serves.server(), serves.epoch(), evidence, List.copyOf(done));
                    }
                }
            } catch (SQLException | IOException e) {
                return new Result.Waiting(
                        Unconfirmed.explanation(e).orElseGet(() -> String.valueOf(e.getMessage())));
            }
        }
        return new Result.Waiting("the records change while they are read");
    }

    /// Whether a fence may keep others from the server that serves, as far as the last run knows.
    public boolean leavesFence() {
        return leavesFence;
    }

    /// An attempt of another process is its own to end, for as long as that lives. The undo would
    /// outrank all that are open there, whichever of them it is about.
    private Optional<Result> waitingForOthers(Evidence evidence, Line undo) {
        var source = undo.turn().server();
        for (var open : evidence.openOfOthers(source, clusters.instance())) {
            var sign = alive.sign(database.name(), source, open.instance());
            if (!sign.isEmpty()) {
                return Optional.of(
                        new Result.Waiting(
                                "attempt %d is open, made by another instance that %s"
                                        .formatted(open.attempt(), sign)));
            }
        }
        return Optional.empty();
    }

    private void undo(Line undo) throws SQLException, IOException {
        var turn = undo.turn();
        var source = clusters.of(database.name(), turn.server());
        var undone =
                new EpochRecord(
                        new EpochRecord.Turn(
                                turn.epoch(), turn.attempt(), turn.server(), clusters.instance()),
                        EpochRecord.Kind.UNDONE,
                        undo.databases(),
                        undo.positions(),
                        "");
        try {
            ServerBooks.undo(source, undone, turn.from());
        } catch (SQLException e) {
            throw Unconfirmed.of(source, e);
        }
        watch.passed(Step.UNDO_COMMITTED);
        journal.append(undo);
    }

    /// An undo of the epoch after the decision may be on the source, which cannot be read, or under
    /// way to it, given up by whoever sent it; nobody was let go there. An epoch beyond that one
    /// makes the decision stand whatever is found later.
    private void renew(Evidence evidence, Standing.Serves serves) throws SQLException, IOException {
        var decided = evidence.decision(serves.epoch(), clusters.instance());
        var turn = decided.turn();
        var later =
                new EpochRecord(
                        new EpochRecord.Turn(
                                evidence.highestEpoch() + 2,
                                turn.attempt(),
                                turn.server(),
                                clusters.instance()),
                        EpochRecord.Kind.DECIDED,
                        decided.databases(),
                        decided.positions(),
                        "");
        clusters.of(database.name(), serves.server())
                .call(
                        on -> {
                            Records.put(on, later);
                            return true;
                        });
        journal.append(decisionLine(evidence, later));
    }

    private void finish(Evidence evidence, Standing.Serves serves, List<String> done)
            throws SQLException, IOException {
        if (serves.epoch() > 0 && !journalKnows(serves.epoch())) {
            journal.append(outcomeLine(evidence, serves));
            done.add("epoch " + serves.epoch() + " written into the journal");
        }
        if (fenceStands(evidence, serves.server())) {
            clusters.of(database.name(), serves.server())
                    .call(
                            on -> {
                                OurSchema.inTransaction(
                                        on, () -> ServerBooks.liftAll(on, database.name()));
                                return true;
                            });
            done.add("fence on " + serves.server() + " lifted");
            leavesFence = false;
        }
    }

    private Line outcomeLine(Evidence evidence, Standing.Serves serves) {
        var decision = evidence.lastDecision();
        if (decision.isPresent() && decision.get().epoch() == serves.epoch()) {
            return decisionLine(evidence, evidence.decision(serves.epoch(), clusters.instance()));
        }
        var attempt = evidence.highestOutcome().map(Evidence.Outcome::attempt).orElse(0L);
        return new Line(
                Line.Kind.UNDONE,
                new Line.Turn(attempt, serves.epoch(), "", serves.server()),
                List.of(database.name()),
                Line.Positions.NONE,
                Instant.now());
    }

    private Line decisionLine(Evidence evidence, EpochRecord decided) {
        var from = evidence.lastDecision().map(Evidence.Outcome::from).orElse("");
        return new Line(
                Line.Kind.DECIDED,
                new Line.Turn(
                        decided.turn().attempt(), decided.epoch(), from, decided.turn().server()),
                decided.databases(),
                decided.positions(),
                Instant.now());
    }

    private boolean journalKnows(long epoch) {
        return epoch == 0
                || journal.lines(database.name()).stream()
                        .anyMatch(line -> line.isOutcome() && line.turn().epoch() == epoch);
    }

    private static boolean fenceStands(Evidence evidence, String server) {
        return evidence.rowsOf(server).stream().anyMatch(EpochRecord::isFence);
    }
}
