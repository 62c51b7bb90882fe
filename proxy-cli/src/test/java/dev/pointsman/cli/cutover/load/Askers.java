package dev.pointsman.cli.cutover.load;

import dev.pointsman.cli.cutover.Slowest;
import dev.pointsman.cli.cutover.wire.RawClient;

import org.awaitility.Awaitility;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Clients that ask for next to nothing, again and again, with a rest between, and measure how long
/// each answer takes.
final class Askers implements AutoCloseable {
    private static final long REST_NANOS = 4_000_000;
    private static final int SOME = 25;

    private final List<RawClient> clients = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Slowest slowest = new Slowest();
    private final List<AtomicInteger> answers = new ArrayList<>();
    private volatile boolean stopping;

    Askers(int count, Supplier<RawClient> connector) {
        for (int i = 0; i < count; i++) {
            clients.add(connector.get());
        }
    }

    /// Before [#goOn] is first called.
    void all(String sql) {
        clients.forEach(client -> client.run(sql));
    }

    private void ask(RawClient client, AtomicInteger answers) {
        while (!stopping) {
            long began = System.nanoTime();
            if (!client.run("select 1").getLast().equals("Z I")) {
                return;
            }
            slowest.answered(began);
            answers.incrementAndGet();
            LockSupport.parkNanos(REST_NANOS);
        }
    }

    /// Waits for some more answers to each.
    void goOn() {
        if (threads.isEmpty()) {
            for (var client : clients) {
                var count = new AtomicInteger();
                answers.add(count);
                threads.add(Thread.ofPlatform().daemon().start(() -> ask(client, count)));
            }
        }
        awaitEach(SOME);
    }

    /// Waits until each has had an answer to what it asked from now on: the first may be to what it
    /// asked before.
    void awaitEach() {
        awaitEach(2);
    }

    private void awaitEach(int more) {
        var then = answers.stream().mapToInt(AtomicInteger::get).toArray();
        Awaitility.await("answers")
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(1))
                .until(
                        () ->
                                IntStream.range(0, then.length)
                                        .allMatch(i -> answers.get(i).get() >= then[i] + more));
    }

    Slowest slowest() {
        return slowest;
    }

    /// Each ends behind its next answer.
    @Override
    public void close() {
        stopping = true;
        try {
            for (var thread : threads) {
                thread.join();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        clients.forEach(RawClient::close);
    }
}
