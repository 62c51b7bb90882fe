package dev.pointsman.core.gate;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/// Bytes that held clients have sent and that wait in memory, over all gates and event loops.
///
/// Beyond the bounds nothing is thrown away: the socket is not read any more, and TCP holds the
/// client.
public final class HeldBytes {
    /// Over all gates.
    private record Total(LongAdder bytes, LongSupplier most) {}

    private final Total total;
    private final LongSupplier perClient;

    public HeldBytes(long perClient, long inAll) {
        this(() -> perClient, () -> inAll);
    }

    /// With bounds that may change; they are asked on event loops.
    public HeldBytes(LongSupplier perClient, LongSupplier inAll) {
        this(new Total(new LongAdder(), inAll), perClient);
    }

    private HeldBytes(Total total, LongSupplier perClient) {
        this.total = total;
        this.perClient = perClient;
    }

    /// The same sum, with another bound per client.
    public HeldBytes perClient(LongSupplier most) {
        return new HeldBytes(total, most);
    }

    /// Bytes held now, in all.
    public long now() {
        return total.bytes.sum();
    }

    void add(long bytes) {
        total.bytes.add(bytes);
    }

    boolean roomBeside(long bytesOfClient) {
        return bytesOfClient < perClient.getAsLong() && total.bytes.sum() < total.most.getAsLong();
    }
}
