package dev.pointsman.cli.bench.tls;

import dev.pointsman.cli.CommandFailure;
import dev.pointsman.cli.ExitCode;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/// Clients that log in and leave at once, until it is stopped.
final class Storm {
    /// As fast as they go, one after another in each place.
    static final Duration NO_PAUSE = Duration.ZERO;

    /// Logins under way at one time; more wait for their turn, as behind a listen queue.
    private static final int AT_ONCE = 32;

    private final Doorway door;
    private final Duration every;
    private final Semaphore places = new Semaphore(AT_ONCE);
    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicLong done = new AtomicLong();
    private final AtomicReference<String> failure = new AtomicReference<>("");
    private final long begin;
    private volatile boolean blowing = true;

    private Storm(Doorway door, Duration every, Duration after) {
        this.door = door;
        this.every = every;
        this.begin = System.nanoTime() + after.toNanos();
    }

    /// Begins `after` a while with one login each `every`.
    static Storm start(Doorway door, Duration every, Duration after) {
        var storm = new Storm(door, every, after);
        storm.clients.execute(storm::pace);
        return storm;
    }

    /// How many logins there were, and in what time.
    record Logins(long count, Duration took) {
        double perSecond() {
            return count * 1e9 / took.toNanos();
        }
    }

    private void pace() {
        for (long next = begin; blowing; next += every.toNanos()) {
            long early = next - System.nanoTime();
            if (early > 0) {
                LockSupport.parkNanos(early);
            }
            places.acquireUninterruptibly();
            clients.execute(this::login);
        }
    }

    private void login() {
        try {
            Doorway.leave(door.enter());
            done.incrementAndGet();
        } catch (IOException | RuntimeException e) {
            failure.compareAndSet("", String.valueOf(e.getMessage()));
            blowing = false;
        } finally {
            places.release();
        }
    }

    /// Returns when the last of them has left.
    ///
    /// @throws CommandFailure when one of them was refused
    Logins stop() {
        blowing = false;
        places.acquireUninterruptibly(AT_ONCE);
        var took = Duration.ofNanos(System.nanoTime() - begin);
        clients.shutdownNow();
        if (!failure.get().isEmpty()) {
            throw new CommandFailure(ExitCode.FAILED, "a login failed: " + failure.get());
        }
        return new Logins(done.get(), took);
    }
}
