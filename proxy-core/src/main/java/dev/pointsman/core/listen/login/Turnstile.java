package dev.pointsman.core.listen.login;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Lets a few at a time do something, the others in the order they came. Any thread, no locks.
final class Turnstile {
    private final int places;
    private final AtomicInteger inside = new AtomicInteger();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    Turnstile(int places) {
        this.places = places;
    }

    /// Runs it once there is a place, on the thread that made room; whoever runs has to [#leave].
    void enter(Runnable what) {
        waiting.add(what);
        letIn();
    }

    void leave() {
        inside.decrementAndGet();
        letIn();
    }

    private void letIn() {
        while (!waiting.isEmpty()) {
            int now = inside.get();
            if (now >= places) {
                return;
            }
            if (inside.compareAndSet(now, now + 1)) {
                Runnable next = waiting.poll();
                if (next == null) {
                    inside.decrementAndGet();
                } else {
                    next.run();
                }
            }
        }
    }
}
