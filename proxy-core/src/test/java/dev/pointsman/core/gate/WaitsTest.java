package dev.pointsman.core.gate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// How long clients waited because of a hold, however they went on behind it.
class WaitsTest {
    private static final Closer PAUSE = new Closer.Pause("operator");
    private static final Closer CUTOVER = new Closer.Cutover(7);

    private final ManualLoop loop = new ManualLoop();
    private final Gate gate =
            new Gates(List.of(loop.loop()))
                    .add(
                            "shop",
                            new Gates.Settings(
                                    Duration.ofMinutes(2),
                                    new HeldBytes(100, 150),
                                    loop.ticker(),
                                    _ -> {}));
    private final LoopGate part = gate.on(loop.loop());

    @Test
    void aWaitEndsWhenTheStatementGoesOn() {
        // given
        Hold hold = closed(CUTOVER);
        ModelSession prompt = held(1);
        ModelSession carried = held(2);
        loop.advance(ms(10));
        CompletableFuture<HoldFigures> figures = hold.open();
        loop.run();
        part.enter(prompt);
        // when
        loop.advance(ms(30));
        part.enter(carried);
        part.leave(carried);
        loop.advance(ms(500));
        part.enter(carried);
        // then
        assertThat(figures.join().longestHold()).isEqualTo(ms(10));
        assertThat(waits(hold)).isEqualTo(new Waits(2, 0, ms(40), ms(40)));
    }

    @Test
    void whoFindsItsSessionStillToBeCarriedWaitsToo() {
        // given
        ModelSession late = session(1);
        part.delayed(late);
        Hold hold = closed(CUTOVER);
        loop.advance(ms(10));
        hold.open();
        loop.run();
        // when
        part.ask(late);
        part.delayed(late);
        loop.advance(ms(20));
        part.enter(late);
        part.leave(late);
        Waits waits = waits(hold);
        part.delayed(late);
        // then
        assertThat(waits).isEqualTo(new Waits(1, 0, ms(20), ms(20)));
        assertThat(late.place().waits).as("what is counted for nobody").isNull();
    }

    @Test
    void whoWaitsStillOrWentAwayCountsWithTheTimeSoFar() {
        // given
        Hold hold = closed(CUTOVER);
        ModelSession goes = held(1);
        held(2);
        loop.advance(ms(10));
        hold.open();
        loop.run();
        // when
        loop.advance(ms(5));
        part.forget(goes);
        loop.advance(ms(5));
        // then
        assertThat(waits(hold)).isEqualTo(new Waits(2, 1, ms(20), ms(20)));
        assertThat(part.isOpen()).isTrue();
    }

    @Test
    void whoStaysHeldByAnotherCountsUpToTheOpening() {
        // given
        Hold hold = closed(CUTOVER);
        Hold other = closed(PAUSE);
        held(1);
        loop.advance(ms(10));
        // when
        hold.open();
        loop.run();
        loop.advance(ms(50));
        // then
        assertThat(waits(hold)).isEqualTo(new Waits(1, 0, ms(10), ms(10)));
        other.open();
    }

    private Waits waits(Hold hold) {
        var answer = CompletableFuture.supplyAsync(() -> hold.waits(Duration.ZERO));
        while (!answer.isDone()) {
            loop.run();
            Thread.onSpinWait();
        }
        return answer.join();
    }

    private static ModelSession session(int id) {
        return new ModelSession(id, new ArrayList<>());
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
