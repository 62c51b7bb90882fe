package dev.pointsman.cli.load;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;

/// What the clients of one run were told: every write has an id of its own, and the ids that the
/// server acknowledged are kept here. Any thread may open a page; a page belongs to one thread.
///
/// An id is the run's random number (22 bits), the page (12 bits) and a counter (29 bits), so that
/// runs on the same tables do not meet.
public final class Ledger {
    static final int COUNTER_BITS = 29;
    private static final int PAGE_BITS = 12;
    private static final int RUN_MAX = 1 << 22;

    private final long run;
    private final List<Page> pages = new CopyOnWriteArrayList<>();
    private final LongAdder acknowledged = new LongAdder();

    private Ledger(long run) {
        this.run = run;
    }

    public static Ledger ofRandomRun() {
        return of(ThreadLocalRandom.current().nextInt(1, RUN_MAX));
    }

    static Ledger of(int run) {
        return new Ledger((long) run << (PAGE_BITS + COUNTER_BITS));
    }

    /// A page for one more client.
    public synchronized Page page() {
        if (pages.size() == 1 << PAGE_BITS) {
            throw new IllegalStateException("more than " + pages.size() + " clients in one run");
        }
        var page = new Page(run | (long) pages.size() << COUNTER_BITS, acknowledged);
        pages.add(page);
        return page;
    }

    /// Writes acknowledged so far; any thread.
    public long acknowledged() {
        return acknowledged.sum();
    }

    /// The smallest id that this run can give.
    public long first() {
        return run;
    }

    /// The largest id that this run can give.
    public long last() {
        return run | (1L << (PAGE_BITS + COUNTER_BITS)) - 1;
    }

    /// Every acknowledged id. Call it when the clients are done.
    public LongStream acknowledgedIds() {
        return pages.stream().flatMapToLong(Page::acknowledgedIds);
    }

    /// Whether a client of this run has ever sent a write with `id`. Call it when they are done.
    boolean issued(long id) {
        return pages.stream().anyMatch(page -> page.issued(id));
    }
}
