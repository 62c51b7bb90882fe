package dev.pointsman.core.cutover.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.cutover.report.Phase;
import dev.pointsman.core.gate.Waits;
import dev.pointsman.core.meter.Meter;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// When observers are told what of a run.
class CourseTest {
    private final Meter meter = new Meter("test");
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final Course course =
            new Course("shop", meter.database("shop"), phase -> told.add(words(phase)));

    @AfterEach
    void close() {
        meter.close();
    }

    private static String words(Phase phase) {
        return phase.word() + (phase.over() ? " over" : " begins");
    }

    private List<String> told(int count) throws InterruptedException {
        var words = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            words.add(String.valueOf(told.poll(2, TimeUnit.MINUTES)));
        }
        return words;
    }

    @Test
    void aStageOfThePauseThatLastsIsToldWhileItLasts() throws Exception {
        // given
        course.enter(new State.Calming());

        // when
        course.enter(new State.Holding(7));
        course.enter(new State.Draining());

        // then
        assertThat(told(5))
                .containsExactly(
                        "calm begins", "calm over", "hold begins", "hold over", "drain begins");

        // when
        course.enter(new State.Undoing("a straggler"));

        // then
        assertThat(told(2)).containsExactly("drain over", "undo begins");
    }

    @Test
    void whatIsUntoldAtTheReleaseIsToldBeforeTheRunGoesOn() {
        // given
        course.enter(new State.Holding(7));
        course.enter(new State.Releasing());

        // when
        course.released(Duration.ofMillis(2));

        // then
        assertThat(told).containsExactly("hold begins", "hold over", "release begins");
    }

    @Test
    void theLastStageSaysHowLongClientsWaited() {
        // given
        course.enter(new State.Releasing());
        course.released(Duration.ofMillis(2));

        // when
        course.waited(new Waits(3, 1, Duration.ofMillis(9), Duration.ofMillis(4)));
        course.end();

        // then
        assertThat(course.phases())
                .singleElement()
                .extracting(Phase::detail)
                .isEqualTo("clients waited for 9.000 ms at most, 1 of them still wait");
    }
}
