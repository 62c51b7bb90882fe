package dev.pointsman.core.migration.run;

import dev.pointsman.core.cluster.Clusters;
import dev.pointsman.core.migration.Direction;
import dev.pointsman.core.migration.MigrationState;
import dev.pointsman.core.migration.MigrationStatus;
import dev.pointsman.core.migration.ReplicationNames;
import dev.pointsman.core.migration.ReverseState;
import dev.pointsman.core.migration.Serving;
import dev.pointsman.core.migration.TableStatus;
import dev.pointsman.core.migration.setup.Pair;
import dev.pointsman.core.migration.setup.TableLists;
import dev.pointsman.core.migration.setup.WayOut;
import dev.pointsman.core.migration.verify.Verification;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One open migration in this process: its run, its slot job, and how to ask where it stands.
public final class OpenMigration {
    private final Pair pair;
    private final Serving serving;
    private final MigrationRun run;
    private final SlotAdvance advance;
    private final long since = System.nanoTime();
    private Life life = Life.NEW; // guarded by this
    private volatile long bytesAtBeginning = -1;

    private enum Life {
        NEW,
        BEGUN,
        STOPPED
    }

    /// Takes up the migration that `row` tells of.
    public OpenMigration(Clusters clusters, Serving serving, String database, MigrationRow row) {
        this.serving = serving;
        pair =
                new Pair(
                        clusters.of(database, row.source()),
                        clusters.of(database, row.target()),
                        new ReplicationNames(database, row.number()));
        run = new MigrationRun(clusters.instance(), pair, row);
        advance = new SlotAdvance(pair, serving);
    }

    /// The servers and names.
    public Pair pair() {
        return pair;
    }

    /// Whether it is between these two servers, in either direction.
    public boolean joins(String one, String other) {
        return Set.of(row().source(), row().target()).equals(Set.of(one, other));
    }

    /// As this process knows it.
    public MigrationRow row() {
        return run.row();
    }

    /// Goes on towards `ready` when that is not reached yet; once.
    public synchronized void begin() {
        if (life != Life.NEW) {
            return;
        }
        life = Life.BEGUN;
        switch (run.row().state()) {
            case PREPARING, COPYING -> run.begin();
            case NONE, READY, SWITCHED, VERIFYING, ABORTING, COMPLETED, FAILED -> {}
        }
    }

    /// Ends the run and the slot job; returns once both have ended.
    public void stop() throws InterruptedException {
        beginNoMore();
        run.stop();
        advance.stop();
    }

    private synchronized void beginNoMore() {
        life = Life.STOPPED;
    }

    /// See [SlotAdvance].
    public void stopAdvancing() {
        advance.stop();
    }

    /// See [SlotAdvance].
    public void resumeAdvancing() {
        advance.resume();
    }

    /// One round of the slot job, once the migration is ready.
    public void tick() throws SQLException {
        if (run.row().state() == MigrationState.READY) {
            advance.tick();
        }
    }

    /// Whether the target serves now.
    public boolean isSwitched() {
        return direction() == Direction.BACK;
    }

    /// The way changes flow now.
    public Direction direction() {
        return pair.serving(serving.now(pair.names().database()).server());
    }

    /// The tables and how far each is.
    public List<TableStatus> tables() throws SQLException {
        return Progress.tables(pair, run.row().tables());
    }

    /// The comparison of both servers; empty while changes do not flow from the serving one to the
    /// other, or when that is further behind than `most` bytes.
    public Optional<Verification> inStep(long most) throws SQLException {
        var direction = direction();
        var flowing =
                StatusReader.subscription(pair.to(direction), pair.names().subscription(direction));
        boolean near =
                switch (StatusReader.lag(pair, direction)) {
                    case MigrationStatus.Lag.Known(var bytes, var _) -> bytes <= most;
                    case MigrationStatus.Lag.Unknown() -> false;
                };
        return StatusReader.isFlowing(flowing) && near
                ? Optional.of(
                        new Verification(
                                pair.from(direction),
                                pair.to(direction),
                                pair.names().slot(direction),
                                run.row().tables()))
                : Optional.empty();
    }

    /// Where it stands now. A server that cannot be asked becomes the message.
    public MigrationStatus status() {
        try {
            return ask();
        } catch (SQLException e) {
            return unasked(e);
        }
    }

    private MigrationStatus unasked(SQLException why) {
        var row = run.row();
        var state = row.state();
        var waitingFor = run.doing();
        if (state == MigrationState.READY) {
            // A cutover is not allowed now.
            state = isSwitched() ? MigrationState.SWITCHED : MigrationState.COPYING;
            waitingFor = "a server that cannot be asked";
        }
        return new MigrationStatus(
                pair.names().database(),
                row.source(),
                row.target(),
                state,
                row.tables().size(),
                0,
                new MigrationStatus.Lag.Unknown(),
                new MigrationStatus.Eta.Unknown(),
                waitingFor,
                isSwitched() ? ReverseState.BROKEN : ReverseState.NONE,
                "",
                "",
                "a server cannot be asked: " + why.getMessage());
    }

    private MigrationStatus ask() throws SQLException {
        var row = run.row();
        var direction = direction();
        var flowing =
                StatusReader.subscription(pair.to(direction), pair.names().subscription(direction));
        var slots = StatusReader.slots(pair);
        var seen = StatusReader.state(row, direction, flowing, slots);
        var reverse =
                row.back()
                        ? StatusReader.reverse(pair, direction, seen, flowing, slots)
                        : ReverseState.NONE;
        var amiss =
                seen == MigrationState.READY || seen == MigrationState.SWITCHED
                        ? TableLists.amiss(pair, direction)
                        : List.<TableLists.Amiss>of();
        // A cutover is not allowed now.
        var state =
                seen == MigrationState.READY && !amiss.isEmpty() ? MigrationState.COPYING : seen;
        var isCopying = state == MigrationState.COPYING && amiss.isEmpty();
        return new MigrationStatus(
                pair.names().database(),
                row.source(),
                row.target(),
                state,
                row.tables().size(),
                flowing.ready(),
                StatusReader.lag(pair, direction),
                isCopying ? eta() : new MigrationStatus.Eta.Unknown(),
                amiss.isEmpty() ? waitingFor(state) : amiss.getFirst().finding(),
                withLists(reverse, amiss),
                pair.source().facts().version(),
                pair.target().facts().version(),
                message(row, state, flowing, slots.lost(), amiss));
    }

    private static ReverseState withLists(ReverseState reverse, List<TableLists.Amiss> amiss) {
        var lacks = amiss.stream().anyMatch(one -> one.direction() == Direction.BACK);
        return lacks && reverse == ReverseState.READY ? ReverseState.BROKEN : reverse;
    }

    private MigrationStatus.Eta eta() throws SQLException {
        var tables = tables();
        if (bytesAtBeginning < 0) {
            bytesAtBeginning = tables.stream().mapToLong(TableStatus::copiedBytes).sum();
        }
        return Progress.eta(tables, bytesAtBeginning, Duration.ofNanos(System.nanoTime() - since));
    }

    private String waitingFor(MigrationState state) throws SQLException {
        return switch (state) {
            case PREPARING, COPYING -> {
                var blockers = new ArrayList<String>();
                blockers.addAll(Progress.blockers(pair.source()));
                blockers.addAll(Progress.blockers(pair.target()));
                yield blockers.isEmpty() ? run.doing() : String.join("; ", blockers);
            }
            case NONE, READY, SWITCHED, VERIFYING, ABORTING, COMPLETED, FAILED -> "";
        };
    }

    private String message(
            MigrationRow row,
            MigrationState state,
            StatusReader.Subscribed flowing,
            List<String> lost,
            List<TableLists.Amiss> amiss)
            throws SQLException {
        var message = new ArrayList<String>();
        if (!row.message().isEmpty()) {
            message.add(row.message());
        }
        if (!lost.isEmpty()) {
            message.add(String.join(", ", lost) + ": " + WayOut.of(pair));
        } else if (state == MigrationState.FAILED && row.state() == MigrationState.READY) {
            message.add("the subscription is missing or disabled: " + WayOut.of(pair));
        } else if (flowing.errors() > 0) {
            message.add(
                    "applying has failed "
                            + flowing.errors()
                            + " times; the log of the server that changes go to says why");
        }
        for (var one : amiss) {
            message.add(one.finding() + ". " + one.mend());
        }
        if (!advance.strays().isEmpty()) {
            message.add(
                    "somebody writes on "
                            + row.target()
                            + " past replication: "
                            + advance.strays().getFirst());
        }
        return String.join("; ", message);
    }

    /// Takes everything off both servers. Returns what could not be taken away.
    public List<String> undo(String instance) throws InterruptedException {
        stop();
        run.aborting();
        var undo = new Undo(pair);
        undo.stopForward();
        undo.copies(run.row().tables(), straysNow());
        undo.replication();
        var ended = run.row().in(MigrationState.NONE, "");
        // An undo on the source must outlive the decision that it took back.
        var kept = undo.schema(pair.target(), /* keepRecords= */ false, ended, instance);
        undo.schema(pair.source(), kept, ended, instance);
        return undo.leftovers();
    }

    private List<String> straysNow() {
        try {
            return Strays.peek(pair.target(), pair.names().canary(Direction.BACK), "");
        } catch (SQLException e) {
            return List.of("(whether somebody did cannot be found out: " + e.getMessage() + ")");
        }
    }

    /// Takes down what made changes flow, keeps the records. Returns what is left to do.
    public List<String> finish(String instance) throws InterruptedException {
        var serves = isSwitched() ? pair.target() : pair.source();
        var left = isSwitched() ? pair.source() : pair.target();
        stop();
        var undo = new Undo(pair);
        undo.replication();
        var ended = run.row().in(MigrationState.COMPLETED, "");
        undo.schema(pair.target(), true, ended, instance);
        undo.schema(pair.source(), true, ended, instance);
        var rest = new ArrayList<>(undo.leftovers());
        rest.add("set serve: " + serves.name() + " in the configuration of this database");
        rest.add(
                left.name()
                        + " stays as it is, fenced if it was left by a cutover: take it out of the"
                        + " configuration, or lift its fence with what `repair --print-sql`"
                        + " prints");
        return rest;
    }

    /// WAL that each of our slots keeps on its server, by slot name.
    public Map<String, Long> retained() throws SQLException {
        var retained = new HashMap<String, Long>();
        for (var cluster : List.of(pair.source(), pair.target())) {
            retained.putAll(StatusReader.retained(cluster, pair.names()));
        }
        return retained;
    }
}
