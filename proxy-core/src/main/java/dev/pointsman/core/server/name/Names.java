package dev.pointsman.core.server.name;

import dev.pointsman.core.config.Limits;

import io.netty.util.NetUtil;
import io.netty.util.concurrent.Ticker;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// The addresses of the servers' host names, remembered for `dns_max_ttl`, and that a name is not
/// known for `dns_nxdomain_ttl`. Any thread; nobody who asks is blocked, and those who ask for the
/// same name at once share one lookup.
public final class Names {
    static {
        // What the runtime remembers would outlive what we forget.
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        Security.setProperty("networkaddress.cache.stale.ttl", "0");
    }

    /// Asks who knows; blocks.
    @FunctionalInterface
    public interface Lookup {
        InetAddress[] of(String host) throws UnknownHostException;
    }

    /// A name that was asked for.
    ///
    /// @param ttl for how long this still counts
    /// @param addresses in the order they are tried; empty: there is no such name
    public record Row(String host, Duration ttl, List<InetAddress> addresses) {}

    private static final class Entry {
        private final CompletableFuture<List<InetAddress>> found = new CompletableFuture<>();
        private volatile long until;

        private boolean counts(long now) {
            return !found.isDone() || now - until < 0;
        }

        private List<InetAddress> addresses() {
            return found.isCompletedExceptionally() ? List.of() : found.getNow(List.of());
        }
    }

    private final Supplier<Limits.Dns> limits;
    private final Lookup lookup;
    private final Ticker ticker;
    private final ConcurrentHashMap<String, Entry> entries = new ConcurrentHashMap<>();
    private final AtomicLong lookups = new AtomicLong();

    /// Asks the operating system.
    public Names(Supplier<Limits.Dns> limits) {
        this(limits, InetAddress::getAllByName, Ticker.systemTicker());
    }

    public Names(Supplier<Limits.Dns> limits, Lookup lookup, Ticker ticker) {
        this.limits = limits;
        this.lookup = lookup;
        this.ticker = ticker;
    }

    /// The addresses of a host, one at least, in the order to try them; of an address, itself at
    /// once. Fails with [UnknownHostException]. Shared: wait for a copy where there is a limit.
    public CompletableFuture<List<InetAddress>> find(String host) {
        if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
            return CompletableFuture.completedFuture(
                    List.of(NetUtil.createInetAddressFromIpAddressString(host)));
        }
        long now = ticker.nanoTime();
        var fresh = new Entry();
        var entry = entries.compute(host, (_, old) -> old != null && old.counts(now) ? old : fresh);
        if (entry == fresh) {
            entries.values().removeIf(other -> !other.counts(now));
            lookups.incrementAndGet();
            begin(host, fresh);
        }
        return entry.found;
    }

    private void begin(String host, Entry entry) {
        try {
            // The system's resolver may block its thread for long.
            Thread.ofPlatform().daemon().name("resolve " + host).start(() -> ask(host, entry));
        } catch (OutOfMemoryError e) {
            // No thread could be had; the next login tries again.
            entry.until = ticker.nanoTime();
            entry.found.completeExceptionally(e);
        }
    }

    private void ask(String host, Entry entry) {
        try {
            var addresses = List.copyOf(Arrays.asList(lookup.of(host)));
            entry.until = ticker.nanoTime() + limits.get().maxTtl().toNanos();
            entry.found.complete(addresses);
        } catch (UnknownHostException | RuntimeException | Error e) {
            entry.until = ticker.nanoTime() + limits.get().nxdomainTtl().toNanos();
            entry.found.completeExceptionally(e);
        }
    }

    /// The names that are remembered, for SHOW.
    public List<Row> rows() {
        long now = ticker.nanoTime();
        return entries.entrySet().stream()
                .filter(entry -> entry.getValue().found.isDone() && entry.getValue().counts(now))
                .map(
                        entry ->
                                new Row(
                                        entry.getKey(),
                                        Duration.ofNanos(entry.getValue().until - now),
                                        entry.getValue().addresses()))
                .sorted(Comparator.comparing(Row::host))
                .toList();
    }

    /// Lookups under way.
    public long pending() {
        return entries.values().stream().filter(entry -> !entry.found.isDone()).count();
    }

    /// Lookups since the start.
    public long lookups() {
        return lookups.get();
    }

    /// How much of a time to live is left, in whole seconds, rounded up.
    public static long seconds(Duration ttl) {
        return Math.ceilDiv(ttl.toMillis(), TimeUnit.SECONDS.toMillis(1));
    }
}
