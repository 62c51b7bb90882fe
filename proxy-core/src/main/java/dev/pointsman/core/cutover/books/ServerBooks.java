package dev.pointsman.core.cutover.books;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cutover.fence.Fence;
import dev.pointsman.core.cutover.fence.OldValues;
import dev.pointsman.core.cutover.journal.Journal;
import dev.pointsman.core.cutover.journal.Line;
import dev.pointsman.core.cutover.record.Beats;
import dev.pointsman.core.cutover.record.EpochRecord;
import dev.pointsman.core.cutover.record.Records;
import dev.pointsman.core.cutover.record.Taken;
import dev.pointsman.core.cutover.run.Abort;
import dev.pointsman.core.cutover.run.Books;
import dev.pointsman.core.migration.OurSchema;
import dev.pointsman.core.migration.passage.Crossing;
import dev.pointsman.core.migration.passage.Passage.Arrived;
import dev.pointsman.core.migration.passage.Passage.Claim;
import dev.pointsman.core.migration.passage.Passage.Marked;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The books of one attempt, kept in the journal and in the servers' record tables.
public final class ServerBooks implements Books {
    private static final int ANSWER_MILLIS = 5_000;
    private static final Logger log = LoggerFactory.getLogger(ServerBooks.class);

    private final Claim claim;
    private final Crossing crossing;
    private final Journal journal;
    private final TargetFence target;
    private final String instance;
    private List<String> warnings = List.of();
    private boolean withdrawn;

    public ServerBooks(
            Claim claim, Crossing crossing, Journal journal, TargetFence target, String instance) {
        this.claim = claim;
        this.crossing = crossing;
        this.journal = journal;
        this.target = target;
        this.instance = instance;
    }

    @Override
    public void announceFence() throws IOException {
        journal.append(line(Line.Kind.FENCING, Line.Positions.NONE));
    }

    @Override
    public void raiseFence() throws SQLException {
        crossing.source()
                .call(
                        on -> {
                            OurSchema.inTransaction(on, () -> raise(on));
                            return true;
                        });
    }

    private void raise(Connection on) throws SQLException {
        var old = FenceMeans.before(on, crossing.database());
        Records.put(on, opening(old.toJson()));
        // The attempt can be seen from the commit on, and so can be until when it may last.
        Beats.promise(on, instance, crossing.source().database().cutover());
        // Last: nothing but its own look and the commit follows what locks the database's own row,
        // so that a connection which breaks earlier than that leaves no lock on it behind.
        Fence.raise(on, old);
    }

    @Override
    public void open() throws IOException {
        journal.makeRoom();
        journal.append(line(Line.Kind.OPEN, Line.Positions.NONE));
    }

    @Override
    public void claim() throws SQLException {
        crossing.source().call(this::claim);
    }

    private boolean claim(Connection on) throws SQLException {
        Records.put(on, opening(""));
        return true;
    }

    @Override
    public void decided(Marked marked, Arrived arrived) throws IOException {
        journal.append(line(Line.Kind.DECIDED, positions(marked, arrived)));
    }

    @Override
    public void rehearsed(Marked marked, Arrived arrived) throws IOException {
        journal.append(line(Line.Kind.DRY, positions(marked, arrived)));
    }

    /// The line's epoch is one more than the attempt's own, so that it counts more than a decision
    /// whose answer was lost.
    @Override
    public void undo() throws SQLException {
        var source = crossing.source();
        var undone = record(claim.epoch() + 1, EpochRecord.Kind.UNDONE, source.name(), "");
        withdrawn = isTaken();
        if (withdrawn) {
            target.leave();
            return;
        }
        warnings =
                undo(source, undone, claim.target())
                        .map(cause -> List.of(fenceStands(source.name(), cause)))
                        .orElse(List.of());
    }

    @Override
    public void undone() throws IOException {
        journal.append(
                withdrawn
                        ? line(Line.Kind.WITHDRAWN, Line.Positions.NONE)
                        : new Line(
                                Line.Kind.UNDONE,
                                new Line.Turn(
                                        claim.attempt(),
                                        claim.epoch() + 1,
                                        claim.target(),
                                        crossing.source().name()),
                                List.of(crossing.database()),
                                Line.Positions.NONE,
                                Instant.now()));
    }

    /// Whether the attempt's epoch is another's. The row is written if it is not there, so that the
    /// answer stays true.
    private boolean isTaken() throws SQLException {
        try {
            crossing.source()
                    .call(
                            on -> {
                                bound(on);
                                return claim(on);
                            });
            return false;
        } catch (Taken e) {
            log.atWarn()
                    .addKeyValue("database", crossing.database())
                    .addKeyValue("why", e.getMessage())
                    .log("the attempt is withdrawn, with nothing of it on any server");
            return true;
        }
    }

    /// What an operator must hear of an undo: that the fence still stands, if it does.
    public List<String> warnings() {
        return warnings;
    }

    private String fenceStands(String server, String cause) {
        return "the fence on %s, which serves, could not be lifted: %s. New connections to it are refused until it is; it is tried again every few seconds, and at once by REPAIR %s"
                .formatted(server, cause, crossing.database());
    }

    /// Writes that the source serves, and lifts whatever fence stands there, in one transaction;
    /// without the lifting when that alone is refused. Returns why it was.
    ///
    /// The attempt's own row is written first if it is not there. A commit of it that is still
    /// under way, its client long dead, is waited for that way, and its fence is lifted with the
    /// rest; none can come later.
    public static Optional<String> undo(Cluster source, EpochRecord undone, String target)
            throws SQLException {
        source.call(
                on -> {
                    bound(on);
                    Records.claim(on, undone, target);
                    return true;
                });
        try {
            source.call(
                    on -> {
                        bound(on);
                        OurSchema.inTransaction(
                                on,
                                () -> {
                                    Records.put(on, undone);
                                    liftAll(on, undone.databases().getFirst());
                                });
                        return true;
                    });
            return Optional.empty();
        } catch (SQLException e) {
            log.atWarn()
                    .addKeyValue("server", source.name())
                    .addKeyValue("cause", e)
                    .log("the fence is not lifted together with the undo");
            var stands =
                    source.call(
                            on -> {
                                bound(on);
                                Records.put(on, undone);
                                return Records.read(on, undone.databases().getFirst()).stream()
                                        .anyMatch(EpochRecord::isFence);
                            });
            return stands ? Optional.of(Abort.words(e)) : Optional.empty();
        }
    }

    /// No server's silence keeps clients from hearing that nobody knows: each step can be repeated.
    private static void bound(Connection on) throws SQLException {
        on.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
    }

    /// Lifts every fence that a server's records tell of, the latest first, within the caller's
    /// transaction: what was before the earliest is what stays.
    public static void liftAll(Connection on, String database) throws SQLException {
        for (var record : Records.read(on, database).reversed()) {
            if (record.isFence()) {
                Fence.lift(on, OldValues.fromJson(record.fence()));
                Records.unfenced(on, record.epoch());
            }
        }
    }

    @Override
    public boolean openTarget() throws SQLException {
        return target.open(claim.dry());
    }

    @Override
    public void closeTarget() throws SQLException, Abort {
        target.close();
    }

    @Override
    public void requireNoStrays() throws SQLException, Abort {
        target.requireNoStrays();
    }

    @Override
    public void refenceTarget() {
        target.restore();
    }

    private EpochRecord opening(String fence) {
        return record(claim.epoch(), EpochRecord.Kind.OPEN, claim.target(), fence);
    }

    private EpochRecord record(long epoch, EpochRecord.Kind kind, String server, String fence) {
        return new EpochRecord(
                new EpochRecord.Turn(epoch, claim.attempt(), server, instance),
                kind,
                List.of(crossing.database()),
                Line.Positions.NONE,
                fence);
    }

    private Line line(Line.Kind kind, Line.Positions positions) {
        return new Line(
                kind,
                new Line.Turn(
                        claim.attempt(), claim.epoch(), crossing.source().name(), claim.target()),
                List.of(crossing.database()),
                positions,
                Instant.now());
    }

    private static Line.Positions positions(Marked marked, Arrived arrived) {
        return new Line.Positions(marked.sourceLsn(), arrived.targetLsn());
    }
}
