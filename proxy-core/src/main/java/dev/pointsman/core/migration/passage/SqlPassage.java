package dev.pointsman.core.migration.passage;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.migration.preflight.Preflight;

import org.jspecify.annotations.Nullable;

import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;

/// The passage between two real servers. Two lanes lead to the source, so that what the mark does
/// not change is read beside it, and one to the target.
public final class SqlPassage implements Passage {
    private static final int REHEARSALS = 30;

    /// What is seldom needed, and long where there are many tables, is rehearsed this often.
    private static final int SELDOM_REHEARSALS = 2;

    /// Epochs of rehearsed statements; no row of that epoch outlives its transaction.
    private static final long REHEARSED_EPOCH = Long.MIN_VALUE / 2;

    /// How much longer than the server's own limit an answer is awaited while nobody is held.
    private static final Duration ANSWER = Duration.ofSeconds(2);

    private static final Executor BESIDE = task -> Thread.ofVirtual().start(task);

    private final Crossing crossing;
    private final Preflight preflight;
    private final Instances instances;
    private final List<String> databases;
    private final Duration limit;
    private final long sequenceMargin;
    private final boolean dry;
    private final List<Lane> lanes = new ArrayList<>();
    private @Nullable Prepared prepared;
    private String fingerprint = ""; // as it was before the conditions were asked
    private Sequences.Values sequenceValues = Sequences.Values.NONE; // as the last mark read them
    private Deadline deadline = Deadline.in(Duration.ofSeconds(60));

    /// Everything that exists from [#prepare] on.
    private record Prepared(
            Lane mark,
            Lane beside,
            Lane target,
            PreparedStatement markCall,
            PreparedStatement locksCall,
            PreparedStatement horizonCall,
            PreparedStatement arriveCall,
            PreparedStatement decideCall,
            Sequences sequences,
            String fingerprint,
            List<CompletableFuture<Set<Integer>>> reading) {}

    /// `limit` bounds each statement on the servers; `sequenceMargin` zero sets sequences exactly;
    /// a `dry` one ends no session and sets no sequence.
    public record Terms(Duration limit, long sequenceMargin, boolean dry) {}

    /// The preflight is of this crossing, and may have looked before.
    public SqlPassage(Crossing crossing, Preflight preflight, Instances instances, Terms terms) {
        this.crossing = crossing;
        this.preflight = preflight;
        this.instances = instances;
        this.databases = List.of(crossing.database());
        this.limit = terms.limit();
        this.sequenceMargin = terms.sequenceMargin();
        this.dry = terms.dry();
    }

    @Override
    public List<Unmet> conditions(long maxLagBytes, Duration patience) throws SQLException {
        var standby = Conditions.standby(crossing);
        if (!standby.isEmpty()) {
            return standby;
        }
        try (var on = crossing.source().dedicated()) {
            Sql.run(on, SourceSql.FINGERPRINT);
            fingerprint = SourceSql.fingerprint(on, crossing);
        }
        return Conditions.unmet(preflight, crossing, maxLagBytes, patience);
    }

    @Override
    public void clearLeftovers() throws SQLException {
        if (dry) {
            return;
        }
        Others.clearLeftovers(crossing.source(), instances);
        Others.clearLeftovers(crossing.target(), instances);
    }

    @Override
    public void prepare(Ours source, Ours target) throws SQLException {
        var name = "pointsman/" + instances.own() + "/cutover";
        var mark = lane(crossing.source(), name);
        var beside = lane(crossing.source(), name);
        var to = lane(crossing.target(), name);
        for (var function : SourceSql.functions(crossing)) {
            Sql.run(mark.connection(), function);
        }
        Sql.run(beside.connection(), SourceSql.OTHERS);
        Sql.run(beside.connection(), SourceSql.FINGERPRINT);
        for (var function : TargetSql.functions(crossing)) {
            Sql.run(to.connection(), function);
        }
        if (!SourceSql.fingerprint(mark.connection(), crossing).equals(fingerprint)) {
            throw new SQLException(
                    "tables, columns, sequences or the publication were changed on the source since"
                            + " the conditions were asked; CUTOVER again tells what is missing on"
                            + " the target");
        }
        var read = Sequences.read(beside.connection(), to.connection(), sequenceMargin);
        var sequences = dry ? read : read.copied(to.connection());
        prepared =
                new Prepared(
                        mark,
                        beside,
                        to,
                        mark.prepare(SourceSql.callMark(sequences.uncalled())),
                        beside.prepare(SourceSql.LOCK_HOLDERS),
                        beside.prepare(SourceSql.HORIZON),
                        to.prepare(TargetSql.CALL_ARRIVE),
                        to.prepare(TargetSql.CALL_DECIDE),
                        sequences,
                        fingerprint,
                        new ArrayList<>());
        rehearse(source, target);
    }

    private Lane lane(Cluster to, String name) throws SQLException {
        var lane = Lane.open(to, name, limit);
        lanes.add(lane);
        return lane;
    }

    /// Really commits markers and waits for them, so that everything on the way is warm: statements
    /// and plans on both servers, walsender and apply worker, and our own code.
    private void rehearse(Ours source, Ours target) throws SQLException {
        for (int i = 0; i < REHEARSALS; i++) {
            var claim =
                    new Claim(
                            ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE),
                            REHEARSED_EPOCH - i,
                            0,
                            crossing.target().name(),
                            true);
            try {
                bound(Deadline.in(limit.plus(ANSWER)));
                var marked = mark(claim, source, true);
                var arrived = arrive(claim, target, Sequences.Settings.NONE, true);
                readHorizon();
                if (i < SELDOM_REHEARSALS) {
                    flushUnchanged();
                }
                decide(claim, marked, arrived, true);
            } catch (Difference e) {
                var why =
                        e.kind() == Difference.Kind.NOT_ARRIVED
                                ? ": " + Others.whyBehind(crossing)
                                : "";
                throw new SQLException(
                        "the rehearsal of the statements failed: " + e.getMessage() + why);
            }
        }
    }

    /// The target gives up before the driver does, which would not say why; an arrival later than
    /// that would leave no time for the decision.
    private static Duration waiting(Duration left) {
        return left.multipliedBy(9).dividedBy(10);
    }

    private Prepared prepared() {
        var now = prepared;
        if (now == null) {
            throw new IllegalStateException("the passage is not prepared");
        }
        return now;
    }

    @Override
    public List<String> longTransactions(Duration age) throws SQLException {
        return Others.longTransactions(crossing.source(), age);
    }

    @Override
    public void requireAlone() throws SQLException {
        Others.requireAlone(instances);
    }

    @Override
    public List<String> strangers(Ours source, Ours target) throws SQLException {
        return Others.strangers(crossing, source, target);
    }

    @Override
    public List<String> endStrangers(Ours source, Ours target, Duration patience)
            throws SQLException {
        return Others.endStrangers(crossing, source, target, Deadline.in(patience));
    }

    @Override
    public void bound(Deadline until) throws SQLException {
        deadline = until;
        var now = prepared();
        now.mark().bound(until);
        now.beside().bound(until);
        now.target().bound(until);
    }

    @Override
    public Marked mark(Claim claim, Ours ours) throws SQLException, Difference {
        return mark(claim, ours, false);
    }

    private Marked mark(Claim claim, Ours ours, boolean rehearsing)
            throws SQLException, Difference {
        var now = prepared();
        now.mark().bound(deadline);
        now.beside().bound(deadline);
        // What was read beside a mark that was refused uses the same connection.
        now.reading().forEach(former -> former.handle((_, _) -> true).join());
        now.reading().clear();
        now.reading().add(CompletableFuture.supplyAsync(() -> readLockHolders(ours), BESIDE));
        var call = now.markCall();
        call.setLong(1, claim.marker());
        call.setLong(2, claim.epoch());
        call.setLong(3, claim.attempt());
        call.setArray(4, texts(now.mark(), databases));
        call.setString(5, claim.target());
        call.setString(6, claim.dry() ? "dry" : "open");
        call.setString(7, instances.own());
        call.setArray(8, now.mark().connection().createArrayOf("int4", ours.pidArray()));
        call.setString(9, ours.applicationName());
        call.setArray(10, now.mark().connection().createArrayOf("text", ours.ignoredArray()));
        call.setBoolean(11, ours.tolerate());
        call.setString(12, crossing.publication());
        call.setString(13, now.fingerprint());
        call.setBoolean(14, rehearsing);
        call.setArray(
                15, now.mark().connection().createArrayOf("int8", now.sequences().sourceOids()));
        now.mark().execute(call, deadline);
        try (var row = Lane.lastRow(call)) {
            sequenceValues = new Sequences.Values(Lane.numbers(row, 3), Lane.numbers(row, 4));
            return new Marked(row.getString(1), row.getLong(2));
        }
    }

    private static Array texts(Lane lane, List<String> texts) throws SQLException {
        return lane.connection().createArrayOf("text", texts.toArray(String[]::new));
    }

    /// Nobody of ours takes or gives up such a lock between the drain and the swap.
    private Set<Integer> readLockHolders(Ours ours) {
        var now = prepared();
        try {
            var call = now.locksCall();
            call.setArray(1, now.beside().connection().createArrayOf("int4", ours.pidArray()));
            try (var row = call.executeQuery()) {
                row.next();
                return Set.of((Integer[]) row.getArray(1).getArray());
            }
        } catch (SQLException e) {
            throw new CompletionException(e);
        }
    }

    @Override
    public Set<Integer> lockHolders() throws SQLException {
        try {
            return prepared().reading().getFirst().join();
        } catch (CompletionException e) {
            throw new SQLException("the advisory locks could not be read", e.getCause());
        }
    }

    @Override
    public Arrived arrive(Claim claim, Ours ours) throws SQLException, Difference {
        var settings = prepared().sequences().settings(sequenceValues);
        if (claim.dry()) {
            var arrived = arrive(claim, ours, Sequences.Settings.NONE, false);
            return new Arrived(arrived.targetLsn(), settings.oids().size());
        }
        return arrive(claim, ours, settings, false);
    }

    private Arrived arrive(Claim claim, Ours ours, Sequences.Settings settings, boolean rehearsing)
            throws SQLException, Difference {
        var now = prepared();
        now.target().bound(deadline);
        var call = now.arriveCall();
        var connection = now.target().connection();
        call.setLong(1, claim.marker());
        call.setInt(2, (int) waiting(deadline.leftAtMost(limit)).toMillis());
        call.setString(3, crossing.subscription());
        call.setArray(4, connection.createArrayOf("int4", ours.pidArray()));
        call.setString(5, ours.applicationName());
        call.setArray(6, connection.createArrayOf("text", ours.ignoredArray()));
        call.setBoolean(7, ours.tolerate());
        call.setArray(8, connection.createArrayOf("int8", settings.oids().toArray()));
        call.setArray(9, connection.createArrayOf("int8", settings.values().toArray()));
        call.setBoolean(10, rehearsing);
        now.target().execute(call, deadline);
        try (var row = Lane.lastRow(call)) {
            return new Arrived(row.getString(1), (int) row.getLong(2));
        }
    }

    private long readHorizon() throws SQLException {
        lockHolders(); // read on the same connection
        prepared().beside().bound(deadline);
        try (var row = prepared().horizonCall().executeQuery()) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw prepared().beside().named(e);
        }
    }

    @Override
    public void confirmHorizon(Marked marked, boolean tolerate) throws SQLException, Difference {
        var now = readHorizon();
        if (now == marked.horizon() || tolerate) {
            return;
        }
        flushUnchanged();
        var found =
                Sql.texts(
                        prepared().beside().connection(),
                        SourceSql.UNEXPLAINED,
                        crossing.canary(),
                        marked.sourceLsn());
        if (!found.isEmpty()) {
            throw new Difference(
                    Difference.Kind.HORIZON,
                    Difference.Kind.HORIZON.words() + ": " + String.join("; ", found));
        }
    }

    private void flushUnchanged() throws SQLException, Difference {
        var beside = prepared().beside();
        try {
            if (!SourceSql.fingerprint(beside.connection(), crossing).equals(fingerprint)) {
                throw new Difference(Difference.Kind.CHANGED, Difference.Kind.CHANGED.words());
            }
            Sql.run(beside.connection(), SourceSql.FLUSH);
        } catch (SQLException e) {
            throw beside.named(e);
        }
    }

    @Override
    public void decide(Claim claim, Marked marked, Arrived arrived) throws SQLException {
        decide(claim, marked, arrived, false);
    }

    private void decide(Claim claim, Marked marked, Arrived arrived, boolean rehearsing)
            throws SQLException {
        var now = prepared();
        now.target().bound(deadline);
        var call = now.decideCall();
        call.setLong(1, claim.epoch());
        call.setLong(2, claim.attempt());
        call.setArray(3, texts(now.target(), databases));
        call.setString(4, claim.target());
        call.setString(5, claim.dry() ? "dry" : "decided");
        call.setString(6, instances.own());
        call.setString(7, marked.sourceLsn());
        call.setString(8, arrived.targetLsn());
        call.setBoolean(9, rehearsing);
        now.target().execute(call);
        call.getMoreResults(Statement.CLOSE_ALL_RESULTS);
    }

    @Override
    public void close() {
        lanes.forEach(Lane::close);
    }
}
