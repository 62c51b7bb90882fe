package dev.pointsman.cli.bench.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.render.Terminal;

import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;

class TlsResultTest {
    private final TlsResult result = new TlsResult();

    private List<String> printed() {
        var out = new StringWriter();
        var writer = new PrintWriter(out);
        result.print(new Terminal(writer, writer, false, false, _ -> ""));
        return out.toString().lines().toList();
    }

    private void each(Arm arm, Measure measure, double... values) {
        for (var value : values) {
            result.add(arm, measure, value);
        }
    }

    @Test
    void aRatioIsMadeWithinItsRoundAndNotOfMedians() {
        // given: the machine is three times as slow in the last round
        each(Arm.CLEAR, Measure.SMALL_CPU, 10, 20, 60);
        each(Arm.RUNTIME, Measure.SMALL_CPU, 15, 30, 90);
        each(Arm.NATIVE, Measure.SMALL_CPU, 15, 33, 81);

        // then
        assertThat(printed())
                .containsSubsequence(
                        "pgbench -S, the proxy's processor time each, µs",
                        "  clear                  20.0 (10.0 to 60.0)",
                        "  runtime's engine       30.0 (15.0 to 90.0), 1.50 of clear (1.50 to"
                                + " 1.50)",
                        "  native engine          33.0 (15.0 to 81.0), 1.50 of clear (1.35 to"
                                + " 1.65), 1.00 of runtime's engine (0.90 to 1.10)");
    }

    @Test
    void trafficInTheStormIsSetBesideTheSameTrafficWithoutIt() {
        // given
        each(Arm.CLEAR, Measure.CALM_P99, 2, 4);
        each(Arm.CLEAR, Measure.STORM_P99, 3, 8);

        // then
        assertThat(printed())
                .contains(
                        "  clear                  5.50 (3.00 to 8.00), 1.75 of calm (1.50 to"
                                + " 2.00)");
    }

    @Test
    void anEngineThatWasLeftOutIsTold() {
        // given
        each(Arm.CLEAR, Measure.SMALL, 1000);

        // then
        assertThat(printed()).last().asString().contains("left out");

        // but
        each(Arm.NATIVE, Measure.SMALL, 900);
        assertThat(printed()).noneMatch(line -> line.contains("left out"));
    }

    @Test
    void whatCouldNotBeMeasuredIsTold() {
        // given
        each(Arm.CLEAR, Measure.RESIDENT, 12);
        each(Arm.RUNTIME, Measure.HEAP, 10);

        // then
        assertThat(printed()).contains("  runtime's engine   not measured");
    }

    @Test
    void programsGetEachValueInTheOrderOfTheRounds() {
        // given
        each(Arm.CLEAR, Measure.LOGINS, 800, 900);

        // then
        assertThat(result.fields())
                .containsEntry("clear", Map.of("logins", List.of(800.0, 900.0)))
                .doesNotContainKey("native");
    }
}
