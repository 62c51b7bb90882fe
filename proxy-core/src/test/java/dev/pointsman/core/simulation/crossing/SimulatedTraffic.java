package dev.pointsman.core.simulation.crossing;

import dev.pointsman.core.cutover.run.Abort;
import dev.pointsman.core.cutover.run.Traffic;
import dev.pointsman.core.gate.Closer;
import dev.pointsman.core.gate.Hold;
import dev.pointsman.core.gate.HoldFigures;
import dev.pointsman.core.gate.Insider;
import dev.pointsman.core.gate.Waits;
import dev.pointsman.core.simulation.server.Backend;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/// The proxy's own gate, pools and route for a run whose waiting lets the world go on.
final class SimulatedTraffic implements Traffic {
    private static final int PATIENCE = 400;
    private static final int LOOKS = 40;

    private final Surroundings around;
    private final Pair pair;
    private final boolean cancels;
    private @Nullable Hold hold;
    private String astray = "";

    /// @param cancels whether who stays inside is made to end
    SimulatedTraffic(Surroundings around, Pair pair, boolean cancels) {
        this.around = around;
        this.pair = pair;
        this.cancels = cancels;
    }

    private String database() {
        return around.gate().database();
    }

    @Override
    public Set<String> warm(String server, Duration limit) throws Abort {
        CompletableFuture<Void> opened = around.pools().warm(database(), server);
        if (!around.until(opened::isDone, PATIENCE)) {
            throw Abort.because("connections could not be opened in time");
        }
        if (opened.isCompletedExceptionally()) {
            throw Abort.because("connections could not be opened");
        }
        return Set.of();
    }

    @Override
    public void endWarming(String server) throws Abort {
        CompletableFuture<Void> ended = around.pools().endWarming(database(), server);
        if (!around.until(ended::isDone, PATIENCE)) {
            throw Abort.because("logins do not end");
        }
    }

    @Override
    public void seal(String server) {
        CompletableFuture<Void> sealed = around.pools().seal(database(), server);
        if (!around.until(sealed::isDone, PATIENCE)) {
            throw new IllegalStateException("logins do not end");
        }
    }

    @Override
    public void unseal(String server) {
        around.pools().unseal(database(), server);
    }

    @Override
    public Set<Integer> pids(String server) {
        return pair.of(server).backends().stream()
                .filter(Backend::isLoggedIn)
                .map(Backend::pid)
                .collect(Collectors.toSet());
    }

    @Override
    public int clients() {
        return around.sessions().count(database());
    }

    @Override
    public int endUncarriable(Set<Integer> lockHolders) {
        var ended = around.sessions().endUncarriable(database(), lockHolders);
        around.await(ended::isDone);
        return ended.join();
    }

    @Override
    public void carryOver() {
        around.sessions().carryOver(database());
    }

    @Override
    public void awaitLull(Duration limit) {
        around.go(around.chance().below(4));
    }

    @Override
    public Grip hold(long attempt) {
        Hold begun = around.gate().close(new Closer.Cutover(attempt));
        hold = begun;
        return new HoldGrip(begun);
    }

    @Override
    public void swap(String server, long epoch) {
        around.routes().swap(database(), server, epoch);
    }

    @Override
    public String serving() {
        return around.routes().current(database()).server();
    }

    @Override
    public void retire(String server) {
        around.pools().retire(database(), server);
    }

    @Override
    public void keepHeld() {
        around.keepHeld();
    }

    /// A planted fault: the gate opens although nothing is decided.
    void releaseEarly() {
        Objects.requireNonNull(hold).open();
        around.go(PATIENCE);
    }

    /// A planted fault: the gate opens towards this server, whatever was decided.
    void opensTowards(String server) {
        astray = server;
    }

    private final class HoldGrip implements Grip {
        private final Hold hold;
        private int looks;

        HoldGrip(Hold hold) {
            this.hold = hold;
        }

        @Override
        public boolean awaitDrained(Duration limit) throws InterruptedException {
            int patience = 1 + around.chance().below(PATIENCE / 4);
            for (int i = 0; i < patience && !hold.awaitDrained(Duration.ZERO); i++) {
                around.go(1);
            }
            if (++looks > LOOKS) {
                throw new IllegalStateException("the hold limit has passed");
            }
            return hold.awaitDrained(Duration.ZERO);
        }

        @Override
        public List<Insider> inside() {
            if (cancels) {
                around.troubles().takingBack(true);
            }
            return around.inside();
        }

        @Override
        public HoldFigures open() {
            if (!astray.isEmpty()) {
                swap(astray, pair.epoch() + 1);
            }
            var opened = hold.open();
            around.await(opened::isDone);
            return opened.join();
        }

        @Override
        public Waits waits(Duration limit) {
            return Waits.NONE;
        }
    }
}
