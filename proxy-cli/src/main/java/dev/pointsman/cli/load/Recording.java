package dev.pointsman.cli.load;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;

/// What the clients measured: how long each transaction took them, and the errors they saw. Clients
/// write from any thread; [#interval], [#worst] and [#total] are one reader's each.
public final class Recording {
    private static final long LONGEST = TimeUnit.MINUTES.toNanos(5);
    private static final int DIGITS = 3;
    private static final int EXAMPLES = 5;

    private final Recorder recorder = new Recorder(LONGEST, DIGITS);
    private final Histogram total = new Histogram(LONGEST, DIGITS);
    private final LongAccumulator worst = new LongAccumulator(Math::max, 0);
    private final LongAccumulator slowestLogin = new LongAccumulator(Math::max, 0);
    private final AtomicLong logins = new AtomicLong();
    private final AtomicLong errors = new AtomicLong();
    private final List<String> examples = new ArrayList<>();

    /// Transactions of the last interval: how many and how long, in milliseconds.
    public record Interval(long transactions, double p50, double p99, double worst) {
        static Interval of(Histogram histogram) {
            return new Interval(
                    histogram.getTotalCount(),
                    millis(histogram.getValueAtPercentile(50)),
                    millis(histogram.getValueAtPercentile(99)),
                    millis(histogram.getMaxValue()));
        }
    }

    void transaction(long nanos) {
        recorder.recordValue(Math.min(nanos, LONGEST));
        worst.accumulate(nanos);
    }

    void login(long nanos) {
        logins.incrementAndGet();
        slowestLogin.accumulate(nanos);
    }

    /// A client saw an error while it did `what`.
    void error(String what, String message) {
        errors.incrementAndGet();
        synchronized (examples) {
            if (examples.size() < EXAMPLES) {
                examples.add(what + ": " + message.strip().replaceAll("\\s*\\R\\s*", "; "));
            }
        }
    }

    /// What came since the last call.
    public synchronized Interval interval() {
        var latest = recorder.getIntervalHistogram();
        total.add(latest);
        return Interval.of(latest);
    }

    /// All that came up to the last [#interval]; in nanoseconds.
    public synchronized Histogram total() {
        return total.copy();
    }

    /// The longest transaction that ended since the last call, in milliseconds.
    public double worst() {
        return millis(worst.getThenReset());
    }

    public long logins() {
        return logins.get();
    }

    /// In milliseconds, what the driver sends after the login included.
    public double slowestLogin() {
        return millis(slowestLogin.get());
    }

    public long errors() {
        return errors.get();
    }

    /// The first few errors.
    public List<String> examples() {
        synchronized (examples) {
            return List.copyOf(examples);
        }
    }

    private static double millis(long nanos) {
        return nanos / 1e6;
    }
}
