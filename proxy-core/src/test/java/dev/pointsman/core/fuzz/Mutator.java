package dev.pointsman.core.fuzz;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Makes streams that are almost right out of those of a corpus. The same seed and run make the
/// same stream.
public final class Mutator {
    private static final int[] INTEGERS = {
        0,
        1,
        3,
        4,
        5,
        7,
        8,
        -1,
        Integer.MIN_VALUE,
        Integer.MAX_VALUE,
        0x10000,
        10_000,
        1 << 30,
        196_608,
        196_610,
        80_877_102,
        80_877_103,
        80_877_104
    };
    private static final int LENGTH_MAX = 1 << 16;
    private static final int CHANGES_MAX = 4;

    /// One for a run of the tests: a test that is run again meets what it failed on.
    private static final long FRESH = System.nanoTime();

    private final List<Corpus.Sample> samples;
    private final long seed;

    public Mutator(Corpus corpus, long seed) {
        this.samples = corpus.samples();
        this.seed = seed;
    }

    /// The seed of this run of tests, `-Dseed=` or a new one, which is printed.
    public static long seed(Class<?> test) {
        long seed = Long.getLong("seed", FRESH);
        System.out.println(test.getSimpleName() + ": replay with -Dseed=" + seed);
        return seed;
    }

    /// The first runs are the corpus itself.
    public byte[] run(int number) {
        if (number < samples.size()) {
            return samples.get(number).bytes();
        }
        var random = new Random(seed * 31 + number);
        var bytes = any(random);
        for (int changes = 1 + random.nextInt(CHANGES_MAX); changes > 0; changes--) {
            bytes = changed(bytes, random);
        }
        return bytes.length <= LENGTH_MAX ? bytes : Arrays.copyOf(bytes, LENGTH_MAX);
    }

    private byte[] any(Random random) {
        return samples.get(random.nextInt(samples.size())).bytes().clone();
    }

    private byte[] changed(byte[] bytes, Random random) {
        if (bytes.length == 0) {
            return any(random);
        }
        int at = random.nextInt(bytes.length);
        int to = at + random.nextInt(bytes.length - at) + 1;
        return switch (random.nextInt(8)) {
            case 0 -> with(bytes, at, (byte) (bytes[at] ^ (1 << random.nextInt(8))));
            case 1 -> with(bytes, at, (byte) random.nextInt(256));
            case 2, 3 -> integer(bytes, at, INTEGERS[random.nextInt(INTEGERS.length)]);
            case 4 -> Arrays.copyOf(bytes, at);
            case 5 -> joined(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, to, bytes.length));
            case 6 -> joined(Arrays.copyOf(bytes, to), Arrays.copyOfRange(bytes, at, bytes.length));
            default -> joined(Arrays.copyOf(bytes, at), any(random));
        };
    }

    private static byte[] with(byte[] bytes, int at, byte value) {
        bytes[at] = value;
        return bytes;
    }

    private static byte[] integer(byte[] bytes, int at, int value) {
        if (at + Integer.BYTES <= bytes.length) {
            ByteBuffer.wrap(bytes).putInt(at, value);
        }
        return bytes;
    }

    private static byte[] joined(byte[] first, byte[] second) {
        var both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
