package dev.pointsman.core.simulation.crossing;

import dev.pointsman.core.cutover.run.Books;
import dev.pointsman.core.cutover.run.Traffic;
import dev.pointsman.core.migration.passage.Passage.Arrived;
import dev.pointsman.core.migration.passage.Passage.Claim;
import dev.pointsman.core.migration.passage.Passage.Marked;
import dev.pointsman.core.simulation.server.SimulatedServer;

import java.io.IOException;

/// Journal, records and fence of one attempt, as the pair keeps them.
final class SimulatedBooks implements Books {
    private final Surroundings around;
    private final Pair pair;
    private final Claim claim;
    private final SimulatedServer source;
    private final SimulatedServer target;
    private final Traffic traffic;
    private boolean targetWasFenced;

    SimulatedBooks(Surroundings around, Pair pair, Claim claim, Traffic traffic) {
        this.around = around;
        this.pair = pair;
        this.claim = claim;
        this.target = pair.of(claim.target());
        this.source = pair.other(target);
        this.traffic = traffic;
    }

    @Override
    public void announceFence() throws IOException {
        around.go(around.chance().below(3));
        maybeFull();
    }

    @Override
    public void raiseFence() {
        source.fenced(true);
        around.go(around.chance().below(4));
    }

    @Override
    public void open() throws IOException {
        around.go(around.chance().below(3));
        maybeFull();
    }

    @Override
    public void claim() {
        around.go(around.chance().below(2));
    }

    @Override
    public void decided(Marked marked, Arrived arrived) throws IOException {
        maybeFull();
        pair.journal(claim.epoch(), target.name());
    }

    @Override
    public void undo() {
        refenceTarget();
        around.go(around.chance().below(6));
        pair.record(claim.epoch() + 1, source.name());
        source.fenced(false);
    }

    @Override
    public void undone() throws IOException {
        maybeFull();
        pair.journal(claim.epoch() + 1, source.name());
    }

    @Override
    public void rehearsed(Marked marked, Arrived arrived) throws IOException {
        maybeFull();
    }

    @Override
    public boolean openTarget() {
        targetWasFenced = target.isFenced();
        target.fenced(false);
        return true;
    }

    @Override
    public void closeTarget() {
        if (targetWasFenced) {
            traffic.seal(target.name());
            target.fenced(true);
        }
    }

    @Override
    public void requireNoStrays() {}

    @Override
    public void refenceTarget() {
        if (targetWasFenced) {
            traffic.unseal(target.name());
            target.fenced(true);
        }
    }

    private void maybeFull() throws IOException {
        if (around.stormy() && around.chance().oneIn(40)) {
            throw new IOException("the disk is full");
        }
    }
}
