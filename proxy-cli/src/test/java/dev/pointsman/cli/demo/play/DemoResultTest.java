package dev.pointsman.cli.demo.play;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.admin.Answer;
import dev.pointsman.cli.demo.site.Crossing;
import dev.pointsman.cli.demo.site.Crossing.Way;
import dev.pointsman.cli.load.Verdict;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.IntStream;

class DemoResultTest {
    private static final int RATE = 400;

    @Test
    void aPauseThatHeldNobodyMayBeChanceWhereAnotherHeldSomebody() {
        var result = result(RATE, crossing(40, 0), crossing(40, 1), crossing(40, 0));

        assertThat(result.passed()).isTrue();
        assertThat(result.fields()).containsEntry("outcome", "passed").containsEntry("message", "");
    }

    @Test
    void cutoversThatHeldNobodyUnderLoadProveNothing() {
        var result = result(RATE, crossing(40, 0), crossing(40, 0), crossing(40, 0));

        assertThat(result.passed()).isFalse();
        assertThat(result.fields())
                .containsEntry("outcome", "failed")
                .containsEntry(
                        "message",
                        "no cutover held a client by the proxy's reports, though some 48"
                                + " transactions were due in their pauses");
    }

    @Test
    void pausesTooShortForSoFewClientsMayHoldNobody() {
        assertThat(result(50, crossing(4, 0), crossing(4, 0), crossing(4, 0)).passed()).isTrue();
    }

    @Test
    void twoCutoversOfThreeAreNotEnough() {
        assertThat(result(RATE, crossing(40, 9), crossing(40, 9)).passed()).isFalse();
    }

    @Test
    void aLostWriteFailsWhatHeldClients() {
        var crossings = IntStream.range(0, 3).mapToObj(_ -> crossing(40, 9)).toList();
        var lost = new Verdict(100, 1, 0, 0, 0, List.of());

        assertThat(new DemoResult(lost, RATE, crossings, "", List.of()).passed()).isFalse();
    }

    private static DemoResult result(int rate, Crossing... crossings) {
        var clean = new Verdict(100, 0, 0, 0, 0, List.of());
        return new DemoResult(clean, rate, List.of(crossings), "", List.of("14.1", "18.1"));
    }

    private static Crossing crossing(double pauseMs, int held) {
        return new Crossing(
                Way.FORWARD, new Answer(List.of(), List.of()), pauseMs, held, pauseMs + 3);
    }
}
