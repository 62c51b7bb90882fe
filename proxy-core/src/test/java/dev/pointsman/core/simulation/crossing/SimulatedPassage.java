package dev.pointsman.core.simulation.crossing;

import dev.pointsman.core.migration.passage.Deadline;
import dev.pointsman.core.migration.passage.Difference;
import dev.pointsman.core.migration.passage.Ours;
import dev.pointsman.core.migration.passage.Passage;
import dev.pointsman.core.simulation.server.SimulatedServer;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// What the two servers say to a run. Each answer takes its time, and may be lost.
final class SimulatedPassage implements Passage {
    private static final int PATIENCE = 60;

    private final Surroundings around;
    private final Pair pair;
    private final SimulatedServer source;
    private final SimulatedServer target;
    private final Runnable beforeDecision;
    private int marked;
    private boolean late;

    /// @param beforeDecision what a planted fault does at the last moment
    SimulatedPassage(
            Surroundings around,
            Pair pair,
            SimulatedServer source,
            SimulatedServer target,
            Runnable beforeDecision) {
        this.around = around;
        this.pair = pair;
        this.source = source;
        this.target = target;
        this.beforeDecision = beforeDecision;
    }

    @Override
    public List<Unmet> conditions(long maxLagBytes, Duration patience) throws SQLException {
        maybeLost("conditions");
        return pair.from() == source
                ? List.of()
                : List.of(new Unmet("direction", "changes flow the other way", "Wait."));
    }

    @Override
    public void clearLeftovers() throws SQLException {
        maybeLost("leftovers");
    }

    @Override
    public void prepare(Ours here, Ours there) throws SQLException {
        maybeLost("prepare");
    }

    @Override
    public List<String> longTransactions(Duration age) {
        return List.of();
    }

    @Override
    public void requireAlone() {}

    @Override
    public List<String> strangers(Ours here, Ours there) throws SQLException {
        maybeLost("strangers");
        return List.of();
    }

    @Override
    public List<String> endStrangers(Ours here, Ours there, Duration limit) {
        return List.of();
    }

    @Override
    public void bound(Deadline deadline) {
        late = deadline.passed();
    }

    @Override
    public Marked mark(Claim claim, Ours ours) throws SQLException, Difference {
        if (!around.until(() -> !source.isBusy(), PATIENCE)) {
            throw new Difference(Difference.Kind.OURS_BUSY, "a server connection is busy");
        }
        marked = source.history().size();
        maybeLost("mark");
        return new Marked("0/" + marked, marked);
    }

    @Override
    public Set<Integer> lockHolders() {
        return Set.of();
    }

    @Override
    public Arrived arrive(Claim claim, Ours ours) throws SQLException, Difference {
        boolean all =
                around.until(
                        () -> {
                            pair.replicate(around.chance().below(3));
                            return target.applied() >= marked;
                        },
                        PATIENCE);
        if (late && around.chance().oneIn(2)) {
            // The server's own time limit; else its answer comes, and comes too late.
            throw new SQLException("canceling statement due to statement timeout", "57014");
        }
        if (!all) {
            throw new Difference(Difference.Kind.NOT_ARRIVED, "the marker has not arrived");
        }
        maybeLost("arrive");
        return new Arrived("0/0", 0);
    }

    @Override
    public void confirmHorizon(Marked then, boolean tolerate) throws SQLException, Difference {
        maybeLost("horizon");
        if (source.history().size() != then.horizon()) {
            throw new Difference(Difference.Kind.HORIZON, "somebody has written to the source");
        }
    }

    /// The answer may be lost before the server has heard of it, or after.
    @Override
    public void decide(Claim claim, Marked then, Arrived arrived) throws SQLException {
        beforeDecision.run();
        maybeLost("decide");
        if (!claim.dry()) {
            pair.record(claim.epoch(), target.name());
        }
        around.go(around.chance().below(6));
        maybeLost("decide's answer");
    }

    @Override
    public void close() {}

    private void maybeLost(String what) throws SQLException {
        around.go(around.chance().below(4));
        if (around.stormy() && around.chance().oneIn(40)) {
            throw new SQLException(what + " was lost");
        }
    }
}
