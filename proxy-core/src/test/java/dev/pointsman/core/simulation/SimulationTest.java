package dev.pointsman.core.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;

import dev.pointsman.core.cutover.run.Cutover;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/// `-Dsimulation.seed=N` runs that one again, with `-Dsimulation.told=true` telling what happens;
/// `-Dsimulation.runs=N` runs more, `-Dseed=N` the same many from there.
class SimulationTest {
    private static final int RUNS = 10_000;
    private static final int PLANTED_RUNS = 2_000;

    /// One for a run of the tests: a test that is run again meets what it failed on.
    private static final long FRESH = System.nanoTime();

    @BeforeAll
    static void attemptsFailOnPurpose() {
        ((Logger) LoggerFactory.getLogger(Cutover.class)).setLevel(Level.OFF);
    }

    @Test
    void whatMustBeSoIsSoWhateverHappens() {
        // given
        Long only = Long.getLong("simulation.seed");
        long first = only != null ? only : Long.getLong("seed", FRESH);
        int runs = only != null ? 1 : Integer.getInteger("simulation.runs", RUNS);
        System.out.println("simulation: " + runs + " runs from -Dsimulation.seed=" + first);
        long acknowledged = 0;
        long switched = 0;
        long heldTooLong = 0;
        long handedOver = 0;
        // when
        for (long seed = first; seed < first + runs; seed++) {
            Verdict verdict = new Simulation(seed, Plant.NONE).run();
            // then
            assertThat(verdict).matches(Verdict::isClean, "is clean");
            acknowledged += verdict.acknowledged();
            switched += verdict.switched();
            heldTooLong += verdict.heldTooLong();
            handedOver += verdict.handedOver();
        }
        System.out.printf(
                "simulation: %d writes, %d switches, %d beyond the hold limit, %d connections"
                        + " handed over%n",
                acknowledged, switched, heldTooLong, handedOver);
        if (only == null) {
            // One run alone may have seen little.
            assertThat(acknowledged).as("writes").isGreaterThan(5L * runs);
            assertThat(switched).as("switches").isGreaterThan(runs / 4);
            assertThat(heldTooLong).as("holds beyond their limit").isGreaterThan(runs / 10);
            assertThat(handedOver).as("connections handed over").isGreaterThan(runs / 4);
        }
    }

    @Test
    void theSameSeedMakesTheSameRun() {
        for (long seed = 1; seed <= 50; seed++) {
            long first = new Simulation(seed, Plant.NONE).run().hash();
            assertThat(new Simulation(seed, Plant.NONE).run().hash()).isEqualTo(first);
            assertThat(new Simulation(seed + 1, Plant.NONE).run().hash()).isNotEqualTo(first);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aPlantedFaultIsFound(Plant plant) {
        for (long seed = 1; seed <= PLANTED_RUNS; seed++) {
            Verdict verdict = new Simulation(seed, plant).run();
            if (!verdict.isClean()) {
                System.out.println(plant + " found by seed " + seed + ": " + verdict.faults());
                return;
            }
        }
        throw new AssertionError(plant + " was not found in " + PLANTED_RUNS + " runs");
    }
}
