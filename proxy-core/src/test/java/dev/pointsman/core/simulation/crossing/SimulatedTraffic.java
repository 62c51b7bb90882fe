package dev.pointsman.core.simulation.crossing;

import dev.pointsman.core.cutover.run.Abort;
import dev.pointsman.core.cutover.run.Traffic;
import dev.pointsman.core.gate.Closer;
import dev.pointsman.core.gate.Hold;
import dev.pointsman.core.gate.HoldFigures;
import dev.pointsman.core.gate.Insider;
import dev.pointsman.core.simulation.server.Backend;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/// The proxy's own gate, pools and route for a run whose waiting lets the world go on.
final class SimulatedTraffic implements Traffic {
    private static final int PATIENCE = 400;
    private static final int LOOKS = 40;

    private final Surroundings around;
    private final Pair pair;
    private HoldGrip grip = new HoldGrip(null);

    SimulatedTraffic(Surroundings around, Pair pair) {
        this.around = around;
        this.pair = pair;
    }

    private String database() {
        return around.gate().database();
    }

    @Override
    public int warm(String server, Duration limit) throws Abort {
        CompletableFuture<Integer> opened = around.pools().warm(database(), server);
        if (!around.until(opened::isDone, PATIENCE)) {
            throw Abort.because("connections could not be opened in time");
        }
        if (opened.isCompletedExceptionally()) {
            throw Abort.because("connections could not be opened");
        }
        return opened.join();
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
        around.until(ended::isDone, PATIENCE);
        return ended.join();
    }

    @Override
    public void carryOver() {
        around.sessions().carryOver(database());
    }

    @Override
    public Grip hold(long attempt) {
        grip = new HoldGrip(around.gate().close(new Closer.Cutover(attempt)));
        return grip;
    }

    @Override
    public void swap(String server, long epoch) {
        around.routes().swap(database(), server, epoch);
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
        grip.hold().open();
        around.go(PATIENCE);
    }

    private final class HoldGrip implements Grip {
        private final @org.jspecify.annotations.Nullable Hold hold;
        private int looks;

        HoldGrip(@org.jspecify.annotations.Nullable Hold hold) {
            this.hold = hold;
        }

        Hold hold() {
            return java.util.Objects.requireNonNull(hold);
        }

        @Override
        public boolean awaitDrained(Duration limit) throws InterruptedException {
            int patience = 1 + around.chance().below(PATIENCE / 4);
            for (int i = 0; i < patience && !hold().awaitDrained(Duration.ZERO); i++) {
                around.go(1);
            }
            if (++looks > LOOKS) {
                throw new IllegalStateException("the hold limit has passed");
            }
            return hold().awaitDrained(Duration.ZERO);
        }

        @Override
        public List<Insider> inside() {
            var inside = around.inside();
            var answers = new ArrayList<CompletableFuture<?>>();
            return inside.stream()
                    .<Insider>map(one -> new Patient(one, answers, inside.size()))
                    .toList();
        }

        @Override
        public HoldFigures open() {
            var opened = hold().open();
            around.until(opened::isDone, PATIENCE);
            return opened.join();
        }
    }

    /// Somebody inside who is cancelled: when all are, the world goes on until they have answered,
    /// for as long as the run would wait.
    private final class Patient implements Insider {
        private final Insider one;
        private final List<CompletableFuture<?>> answers;
        private final int all;

        Patient(Insider one, List<CompletableFuture<?>> answers, int all) {
            this.one = one;
            this.answers = answers;
            this.all = all;
        }

        @Override
        public CompletableFuture<?> cancel() {
            around.troubles().takingBack(true);
            answers.add(one.cancel());
            if (answers.size() == all) {
                var done = CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new));
                around.until(done::isDone, PATIENCE);
            }
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public long sessionId() {
            return one.sessionId();
        }

        @Override
        public String user() {
            return one.user();
        }

        @Override
        public String clientAddress() {
            return one.clientAddress();
        }

        @Override
        public int serverPid() {
            return one.serverPid();
        }

        @Override
        public boolean idleInTransaction() {
            return one.idleInTransaction();
        }

        @Override
        public java.time.Instant since() {
            return one.since();
        }
    }
}
