package dev.pointsman.core.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.stream.LongStream;

/// `-Dsimulation.seed=N` runs that one again; `-Dsimulation.runs=N` runs more.
class SimulationTest {
    @Test
    void whatMustBeSoIsSoWhateverHappens() {
        // given
        Long only = Long.getLong("simulation.seed");
        long first = only != null ? only : System.nanoTime();
        int runs = only != null ? 1 : Integer.getInteger("simulation.runs", 60);
        System.out.println("simulation: " + runs + " runs from -Dsimulation.seed=" + first);
        // when
        long[] sums = new long[3];
        LongStream.range(first, first + runs)
                .forEach(
                        seed -> {
                            Simulation simulation = new Simulation(seed);
                            simulation.run();
                            sums[0] += simulation.entered;
                            sums[1] += simulation.swaps;
                            sums[2] += simulation.refused;
                        });
        // then: something did happen
        assertThat(sums[0]).as("transactions").isGreaterThan(20L * runs);
        assertThat(runs == 1 || sums[1] > 0).as("swaps").isTrue();
    }
}
