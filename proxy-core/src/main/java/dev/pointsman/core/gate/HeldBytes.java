package dev.pointsman.core.gate;

import java.util.concurrent.atomic.LongAdder;

/// Bytes that held clients have sent and that wait in memory, over all gates and event loops.
///
/// Beyond the bounds nothing is thrown away: the socket is not read any more, and TCP holds the
/// client.
public final class HeldBytes {
    private final LongAdder now = new LongAdder();
    private final long perClient;
    private final long inAll;

    public HeldBytes(long perClient, long inAll) {
        this.perClient = perClient;
        this.inAll = inAll;
    }

    /// Bytes held now, in all.
    public long now() {
        return now.sum();
    }

    void add(long bytes) {
        now.add(bytes);
    }

    boolean roomBeside(long bytesOfClient) {
        return bytesOfClient < perClient && now.sum() < inAll;
    }
}
