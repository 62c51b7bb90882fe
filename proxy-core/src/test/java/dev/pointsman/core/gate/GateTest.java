package dev.pointsman.core.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.channel.DefaultEventLoop;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

class GateTest {
    private static final Duration AT_ONCE = Duration.ZERO;

    private static final Closer PAUSE = new Closer.Pause("operator");
    private static final Closer CUTOVER = new Closer.Cutover(7);

    private final ManualLoop loop = new ManualLoop();
    private final List<String> log = new ArrayList<>();
    private final List<Long> waited = new ArrayList<>();
    private final HeldBytes heldBytes = new HeldBytes(100, 150);
    private final Gate gate =
            new Gates(List.of(loop.loop()))
                    .add(
                            "shop",
                            new Gates.Settings(
                                    Duration.ofMinutes(2), heldBytes, loop.ticker(), waited::add));
    private final LoopGate part = gate.on(loop.loop());

    @Test
    void anOpenGateAdmits() {
        // given
        ModelSession session = session(1);
        // when
        boolean admitted = part.ask(session);
        part.enter(session);
        // then
        assertThat(admitted).isTrue();
        assertThat(gate.counts()).isEqualTo(new GateCounts(0, 0, 1));
    }

    @Test
    void itIsClosedOnceTheLoopHasSaidSo() throws Exception {
        // given
        Hold hold = gate.close(PAUSE);
        assertThat(hold.awaitClosed(AT_ONCE)).isFalse();
        // when
        loop.run();
        // then
        assertThat(hold.awaitClosed(AT_ONCE)).isTrue();
        assertThat(part.ask(session(1))).isFalse();
        assertThat(gate.closers()).containsExactly(PAUSE);
    }

    @Test
    void nobodyEntersAClosedGate() {
        // given
        closed(PAUSE);
        // then
        assertThatIllegalStateException().isThrownBy(() -> part.enter(session(1)));
    }

    @Test
    void itIsDrainedWhenTheLastOneHasLeft() throws Exception {
        // given
        ModelSession one = inside(1);
        ModelSession two = inside(2);
        Hold hold = closed(CUTOVER);
        // when
        part.leave(one);
        boolean afterOne = hold.awaitDrained(AT_ONCE);
        part.leave(two);
        // then
        assertThat(afterOne).isFalse();
        assertThat(hold.awaitDrained(AT_ONCE)).isTrue();
    }

    @Test
    void thoseInsideAreNamed() {
        // given
        inside(1);
        inside(2);
        Hold hold = closed(CUTOVER);
        // when
        CompletableFuture<List<Insider>> asked = CompletableFuture.supplyAsync(hold::inside);
        while (!asked.isDone()) {
            loop.run();
            Thread.onSpinWait();
        }
        // then
        assertThat(asked.join()).extracting(Insider::sessionId).containsExactly(1L, 2L);
    }

    @Test
    void heldSessionsAreLetGoInTheOrderTheyCame() {
        // given
        Hold hold = closed(PAUSE);
        List.of(3, 1, 2).forEach(this::held);
        // when
        hold.open();
        loop.run();
        // then
        assertThat(log).containsExactly("opened 3", "opened 1", "opened 2");
        assertThat(waited).hasSize(3);
    }

    @Test
    void whoHadWaitedForThePoolBeforeTheGateClosedKeepsItsTurn() {
        // given
        ModelSession early = session(1);
        ModelSession alsoEarly = session(2);
        part.ask(early);
        part.ask(alsoEarly);
        Hold hold = closed(PAUSE);
        held(3);
        held(4);
        // when
        part.hold(early);
        part.hold(alsoEarly);
        hold.open();
        loop.run();
        // then
        assertThat(log).containsExactly("opened 1", "opened 2", "opened 3", "opened 4");
    }

    @Test
    void eachCloserOpensOnlyItsOwn() {
        // given
        Hold pause = closed(PAUSE);
        Hold cutover = closed(CUTOVER);
        held(1);
        // when
        cutover.open();
        loop.run();
        List<String> afterOne = List.copyOf(log);
        pause.open();
        loop.run();
        // then
        assertThat(afterOne).isEmpty();
        assertThat(log).containsExactly("opened 1");
    }

    @Test
    void openingTwiceOpensOnce() {
        // given
        Hold first = closed(PAUSE);
        Hold second = closed(CUTOVER);
        // when
        CompletableFuture<HoldFigures> once = first.open();
        CompletableFuture<HoldFigures> again = first.open();
        loop.run();
        // then
        assertThat(again).isSameAs(once).isCompleted();
        assertThat(part.isOpen()).isFalse();
        assertThat(gate.closers()).containsExactly(CUTOVER);
        second.open();
        loop.run();
        assertThat(part.isOpen()).isTrue();
    }

    @Test
    void aClientThatWentAwayIsForgotten() {
        // given
        Hold hold = closed(PAUSE);
        ModelSession gone = held(1);
        held(2);
        part.keep(gone, 60);
        // when
        loop.advance(Duration.ofMillis(30));
        part.forget(gone);
        CompletableFuture<HoldFigures> figures = hold.open();
        loop.run();
        // then
        assertThat(log).containsExactly("opened 2");
        assertThat(heldBytes.now()).isZero();
        assertThat(figures.join()).isEqualTo(new HoldFigures(2, 1, 0, ms(30), 0, 0, ms(30)));
    }

    @Test
    void theFiguresSayWhatTheHoldDid() {
        // given
        ModelSession drained = inside(1);
        inside(2);
        Hold hold = closed(CUTOVER);
        ModelSession waiting = held(3);
        part.keep(waiting, 42);
        part.leave(drained);
        // when
        loop.advance(Duration.ofMillis(12));
        CompletableFuture<HoldFigures> figures = hold.open();
        loop.run();
        // then
        assertThat(figures.join()).isEqualTo(new HoldFigures(1, 0, 42, ms(12), 1, 1, ms(12)));
    }

    @Test
    void aSecondHoldCountsItsOwnTimeOnly() {
        // given
        Hold pause = closed(PAUSE);
        held(1);
        loop.advance(Duration.ofSeconds(10));
        // when
        Hold cutover = closed(CUTOVER);
        loop.advance(Duration.ofMillis(5));
        CompletableFuture<HoldFigures> figures = cutover.open();
        loop.run();
        // then
        assertThat(figures.join().longestHold()).isEqualTo(Duration.ofMillis(5));
        assertThat(figures.join().clientsHeld()).isOne();
        pause.open();
    }

    @Test
    void bytesBeyondABoundStopTheReading() {
        // given
        closed(PAUSE);
        ModelSession one = held(1);
        ModelSession two = held(2);
        // then
        assertThat(part.keep(one, 99)).isTrue();
        assertThat(part.keep(one, 1)).as("one client's bound").isFalse();
        assertThat(part.keep(two, 49)).isTrue();
        assertThat(part.keep(two, 1)).as("the bound in all").isFalse();
    }

    @Test
    void whoIsHeldForTooLongIsToldWhy() {
        // given
        closed(new Closer.Undecided("shop"));
        held(1);
        loop.advance(Duration.ofMinutes(1));
        held(2);
        // when
        loop.advance(Duration.ofMinutes(1));
        List<String> afterTwoMinutes = List.copyOf(log);
        loop.advance(Duration.ofMinutes(1));
        // then
        assertThat(afterTwoMinutes).containsExactly("expired 1 57P03");
        assertThat(log).containsExactly("expired 1 57P03", "expired 2 57P03");
        assertThat(gate.counts().waiting()).isZero();
    }

    @Test
    void nobodyIsHeldForTooLongByACutover() {
        // given
        Hold cutover = closed(CUTOVER);
        closed(PAUSE);
        held(1);
        // when
        loop.advance(Duration.ofMinutes(3));
        List<String> whileItLasts = List.copyOf(log);
        cutover.open();
        loop.advance(Duration.ofMinutes(3));
        // then
        assertThat(whileItLasts).isEmpty();
        assertThat(log).containsExactly("expired 1 57P03");
    }

    @Test
    void aLoopThatWasShutDownHasNobodyInside() throws Exception {
        // given
        var ended = new DefaultEventLoop();
        Gate ofEnded =
                new Gates(List.of(ended))
                        .add(
                                "shop",
                                new Gates.Settings(
                                        Duration.ofMinutes(2),
                                        heldBytes,
                                        loop.ticker(),
                                        waited::add));
        ended.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
        // when
        Hold hold = ofEnded.close(PAUSE);
        // then
        assertThat(hold.awaitClosed(AT_ONCE)).isTrue();
        assertThat(hold.awaitDrained(AT_ONCE)).isTrue();
        assertThat(hold.inside()).isEmpty();
        assertThat(hold.open().join()).isEqualTo(HoldFigures.NONE);
    }

    private ModelSession session(int id) {
        return new ModelSession(id, log);
    }

    private ModelSession inside(int id) {
        ModelSession session = session(id);
        part.ask(session);
        part.enter(session);
        return session;
    }

    private ModelSession held(int id) {
        ModelSession session = session(id);
        part.ask(session);
        part.hold(session);
        return session;
    }

    private Hold closed(Closer closer) {
        Hold hold = gate.close(closer);
        loop.run();
        return hold;
    }

    private static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }
}
