package dev.pointsman.admin.port;

import io.netty.channel.Channel;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Closes a connection whose peer does not get anywhere: no login, or no complete request, within
/// the limit. Any thread; a limit of zero is none.
public final class Deadline {
    private final Channel channel;
    private final Duration limit;
    private volatile Future<?> running;

    public Deadline(Channel channel, Duration limit) {
        this.channel = channel;
        this.limit = limit;
        running = begin();
    }

    private Future<?> begin() {
        return limit.isZero()
                ? channel.newSucceededFuture()
                : channel.eventLoop()
                        .schedule(() -> channel.close(), limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// The peer may take its time from now on.
    public void lift() {
        running.cancel(false);
    }

    /// The limit counts from now.
    public void renew() {
        lift();
        running = begin();
    }
}
