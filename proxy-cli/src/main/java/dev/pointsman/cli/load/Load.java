package dev.pointsman.cli.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Clients at work on one address until [#stop]. Owns their threads; platform ones, so that what
/// clients measure is not the wait for a carrier.
public final class Load implements AutoCloseable {
    private static final Duration STOP_MAX = Duration.ofSeconds(90);

    private final Address address;
    private final LoadTables tables;
    private final LoadSettings settings;
    private final Ledger ledger = Ledger.ofRandomRun();
    private final Recording recording = new Recording();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean goesOn = true;

    private Load(Address address, LoadTables tables, LoadSettings settings) {
        this.address = address;
        this.tables = tables;
        this.settings = settings;
    }

    /// Starts all clients at once. The tables must be there, filled.
    public static Load start(Address address, LoadTables tables, LoadSettings settings) {
        var load = new Load(address, tables, settings);
        ThreadFactory factory = Thread.ofPlatform().name("client-", 1).daemon().factory();
        Stream.concat(
                        IntStream.range(0, settings.clients()).mapToObj(_ -> Client.staying(load)),
                        IntStream.range(0, settings.newcomers())
                                .mapToObj(_ -> Client.newcomer(load)))
                .map(factory::newThread)
                .forEach(load.threads::add);
        load.threads.forEach(Thread::start);
        return load;
    }

    /// Lets every client finish what it is at and leave.
    ///
    /// @throws IllegalStateException when one does not come to an end
    public void stop() throws InterruptedException {
        goesOn = false;
        var deadline = System.nanoTime() + STOP_MAX.toNanos();
        for (var thread : threads) {
            if (!thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
                throw new IllegalStateException(
                        thread.getName() + " still waits for an answer after " + STOP_MAX);
            }
        }
        recording.interval();
    }

    /// Tells the clients to stop and does not wait for them.
    @Override
    public void close() {
        goesOn = false;
    }

    public Ledger ledger() {
        return ledger;
    }

    public Recording recording() {
        return recording;
    }

    boolean goesOn() {
        return goesOn;
    }

    Address address() {
        return address;
    }

    LoadTables tables() {
        return tables;
    }

    LoadSettings settings() {
        return settings;
    }
}
