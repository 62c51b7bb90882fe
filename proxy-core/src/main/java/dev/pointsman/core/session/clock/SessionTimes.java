package dev.pointsman.core.session.clock;

import dev.pointsman.core.config.Limits;

import io.netty.util.concurrent.Ticker;

import java.time.Instant;
import java.util.Optional;

/// Since when a session does what it does. Written on its event loop; read anywhere, at about this
/// moment.
public final class SessionTimes {
    private final Ticker ticker;
    private final Instant connectedAt = Instant.now();
    private final long beganAt;
    private long requestedAt;
    private long transactionAt;
    private long quietAt;

    public SessionTimes(Ticker ticker) {
        this.ticker = ticker;
        beganAt = ticker.nanoTime();
        requestedAt = beganAt;
        transactionAt = beganAt;
        quietAt = beganAt;
    }

    /// A statement goes to the server that has nothing else to do for this client.
    public void onRequest() {
        requestedAt = ticker.nanoTime();
    }

    /// The server has answered; returns the nanoseconds since the request.
    public long onAnswer() {
        quietAt = ticker.nanoTime();
        return quietAt - requestedAt;
    }

    /// Something came that is no whole message yet.
    public void onPart() {
        quietAt = ticker.nanoTime();
    }

    public void onTransaction() {
        transactionAt = ticker.nanoTime();
    }

    /// From the transaction's first statement to the last answer so far.
    public long transactionNanos() {
        return Math.max(0, quietAt - transactionAt);
    }

    public Instant connectedAt() {
        return connectedAt;
    }

    public Instant requestedAt() {
        return at(requestedAt);
    }

    public Instant transactionAt() {
        return at(transactionAt);
    }

    /// The limit that the session is beyond, if any.
    public Optional<Overrun> overrun(Doing doing, Limits.Times limits) {
        long now = ticker.nanoTime();
        var found =
                switch (doing) {
                    case IDLE -> beyond(Overrun.CLIENT_IDLE, limits, now - quietAt);
                    case IDLE_IN_TRANSACTION ->
                            beyond(Overrun.IDLE_TRANSACTION, limits, now - quietAt);
                    case RUNNING ->
                            beyond(Overrun.QUERY, limits, now - Math.max(requestedAt, quietAt));
                    case OTHER -> Optional.<Overrun>empty();
                };
        return switch (doing) {
            case IDLE, OTHER -> found;
            case IDLE_IN_TRANSACTION, RUNNING ->
                    found.or(() -> beyond(Overrun.TRANSACTION, limits, now - transactionAt));
        };
    }

    private static Optional<Overrun> beyond(Overrun limit, Limits.Times limits, long nanos) {
        return limit.isReached(limits, nanos) ? Optional.of(limit) : Optional.empty();
    }

    private Instant at(long nanos) {
        return connectedAt.plusNanos(nanos - beganAt);
    }
}
