package dev.pointsman.cli.load;

import java.util.BitSet;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;

/// One client's part of the ledger; used by that client's thread alone until it is done.
public final class Page {
    private final long base;
    private final LongAdder total;
    private final BitSet acknowledged = new BitSet();
    private int issued;

    Page(long base, LongAdder total) {
        this.base = base;
        this.total = total;
    }

    /// The id of a write that is about to be sent. Until it is acknowledged its outcome is unknown.
    public long next() {
        return base | issued++;
    }

    /// The server has said that the write with `id` is committed.
    public void acknowledged(long id) {
        acknowledged.set((int) (id - base));
        total.increment();
    }

    LongStream acknowledgedIds() {
        return acknowledged.stream().mapToLong(counter -> base | counter);
    }

    boolean issued(long id) {
        return id >= base && id < base + issued;
    }
}
