package dev.pointsman.core.simulation.net;

import java.util.List;
import java.util.SplittableRandom;

/// All that is left to chance in one run: one seed, one sequence.
public final class Chance {
    private final SplittableRandom random;

    public Chance(long seed) {
        random = new SplittableRandom(seed);
    }

    /// From 0 up to, not including, `bound`.
    public int below(int bound) {
        return random.nextInt(bound);
    }

    public boolean oneIn(int many) {
        return random.nextInt(many) == 0;
    }

    public <T> T of(List<T> choice) {
        return choice.get(random.nextInt(choice.size()));
    }
}
