package dev.pointsman.core.gate;

import dev.pointsman.core.wire.ErrorReport;

import io.netty.channel.EventLoop;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// One closer's grip on one gate. For virtual threads: the waits block.
public final class Hold {
    private static final long LOOK_AGAIN_NANOS = 5_000_000;

    private final Closer closer;
    private final List<OnLoop> parts;
    private final Consumer<Hold> onOpen;
    private final CountDownLatch closed;
    private final CountDownLatch drained;
    private final AtomicBoolean opening = new AtomicBoolean();
    private final CompletableFuture<HoldFigures> opened = new CompletableFuture<>();

    Hold(Closer closer, Collection<LoopGate> gates, Consumer<Hold> onOpen) {
        this.closer = closer;
        this.onOpen = onOpen;
        closed = new CountDownLatch(gates.size());
        drained = new CountDownLatch(gates.size());
        parts = gates.stream().map(gate -> new OnLoop(gate, closer, drained)).toList();
    }

    void begin() {
        for (OnLoop part : parts) {
            ask(
                    part.loop(),
                    () -> {
                        part.close();
                        closed.countDown();
                        return true;
                    },
                    () -> {
                        closed.countDown();
                        drained.countDown();
                        return false;
                    });
        }
    }

    public Closer closer() {
        return closer;
    }

    /// Waits until every loop has closed its part: from then on no transaction begins.
    public boolean awaitClosed(Duration limit) throws InterruptedException {
        return closed.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// Waits until every loop is closed and nobody is inside any more. Once true, it stays true
    /// until [#open].
    public boolean awaitDrained(Duration limit) throws InterruptedException {
        return drained.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// Who is inside now, as each loop answers; waits for all of them.
    public List<Insider> inside() {
        return askAll(OnLoop::insiders, List.<Insider>of()).stream().flatMap(List::stream).toList();
    }

    /// Gives up this grip, once; the gate opens when nobody else keeps it closed. Each loop lets go
    /// of its held sessions in one task, in the order they came. Completes with what the hold did.
    public CompletableFuture<HoldFigures> open() {
        if (opening.compareAndSet(false, true)) {
            onOpen.accept(this);
            List<CompletableFuture<HoldFigures>> answers =
                    parts.stream()
                            .map(part -> ask(part.loop(), part::open, () -> HoldFigures.NONE))
                            .toList();
            CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                    .thenApply(_ -> sum(answers))
                    .whenComplete(this::settle);
        }
        return opened;
    }

    /// After [#open]: how long clients waited until their statements went on. Waits until the last
    /// one's has, but no longer than that.
    public Waits waits(Duration limit) {
        long until = System.nanoTime() + limit.toNanos();
        while (!isLastGone() && until - System.nanoTime() > 0) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        return Waits.of(askAll(OnLoop::takeWaits, Waits.Taken.NOTHING));
    }

    private boolean isLastGone() {
        return askAll(part -> part.waits.isOver(), true).stream().allMatch(over -> over);
    }

    private <T> List<T> askAll(Function<OnLoop, T> question, T whenShutDown) {
        List<CompletableFuture<T>> answers =
                parts.stream()
                        .map(
                                part ->
                                        ask(
                                                part.loop(),
                                                () -> question.apply(part),
                                                () -> whenShutDown))
                        .toList();
        return answers.stream().map(CompletableFuture::join).toList();
    }

    private void settle(HoldFigures figures, Throwable failure) {
        if (failure == null) {
            opened.complete(figures);
        } else {
            opened.completeExceptionally(failure);
        }
    }

    private static HoldFigures sum(List<CompletableFuture<HoldFigures>> answers) {
        return answers.stream()
                .map(CompletableFuture::join)
                .reduce(HoldFigures.NONE, HoldFigures::plus);
    }

    /// Runs a question on a loop; a loop that has been shut down has no sessions left to ask about.
    private static <T> CompletableFuture<T> ask(
            EventLoop loop, Supplier<T> question, Supplier<T> whenShutDown) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            loop.execute(
                    () -> {
                        try {
                            answer.complete(question.get());
                        } catch (Throwable e) {
                            answer.completeExceptionally(e);
                        }
                    });
        } catch (RejectedExecutionException _) {
            answer.complete(whenShutDown.get());
        }
        return answer;
    }

    /// What the hold does and counts on one event loop.
    static final class OnLoop {
        private final LoopGate gate;
        private final Closer closer;
        private final CountDownLatch drained;
        private final long begun;
        private boolean isDrained;
        private long since;
        private int insideAtClose;
        private int clients;
        private int gone;
        private long bytes;
        private long longest;
        private final Waits.OnLoop waits = new Waits.OnLoop();

        OnLoop(LoopGate gate, Closer closer, CountDownLatch drained) {
            this.gate = gate;
            this.closer = closer;
            this.drained = drained;
            begun = gate.now();
        }

        EventLoop loop() {
            return gate.loop();
        }

        boolean mayExpire() {
            return closer.mayExpire();
        }

        ErrorReport expiredReport(String database) {
            return closer.expired(database);
        }

        void close() {
            GateCounts counts = gate.counts();
            since = gate.now();
            insideAtClose = counts.inside();
            clients = counts.waiting();
            gate.close(this);
        }

        HoldFigures open() {
            gate.measure(this);
            int stillInside = gate.counts().inside();
            gate.open(this);
            gate.measureBeyond(this);
            return new HoldFigures(
                    clients,
                    gone,
                    bytes,
                    Duration.ofNanos(longest),
                    insideAtClose - stillInside,
                    stillInside,
                    Duration.ofNanos(gate.now() - begun));
        }

        List<Insider> insiders() {
            return gate.insiders();
        }

        void onHeld() {
            clients++;
        }

        void onGone(Place place, long now) {
            gone++;
            measureOne(place, now);
            waits.add(now - begunFor(place));
        }

        void onInside(int count) {
            if (count == 0 && !isDrained) {
                isDrained = true;
                drained.countDown();
            }
        }

        void measureHeld(Place place, long now) {
            bytes += place.bytes;
            measureOne(place, now);
        }

        private void measureOne(Place place, long now) {
            longest = Math.max(longest, now - begunFor(place));
        }

        private long begunFor(Place place) {
            return Math.max(since, place.heldSince);
        }

        /// Another hold keeps it for longer.
        void onKept(Place place, long now) {
            waits.add(now - begunFor(place));
        }

        void onLetGo(Place place) {
            waits.begin(place, begunFor(place));
        }

        Waits.OnLoop waits() {
            return waits;
        }

        Waits.Taken takeWaits() {
            gate.stopCounting(waits);
            return waits.take(gate.now());
        }
    }
}
