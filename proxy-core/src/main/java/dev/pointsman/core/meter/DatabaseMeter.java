package dev.pointsman.core.meter;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/// What is counted for one database. Everything here is cheap enough for an event loop: no lock, no
/// allocation once a series exists.
public final class DatabaseMeter {
    /// SQLSTATEs counted under their own name; one server function could raise any number of them.
    private static final int MOST_SQLSTATES = 100;

    private static final String OTHER = "other";

    private final Meter meter;
    private final String database;
    private final LongAdder transactions;
    private final LongAdder transactionNanos = new LongAdder();
    private final LongAdder queries;
    private final LongAdder received;
    private final LongAdder sent;
    private final LongAdder strays;
    private final Buckets queryDuration;
    private final Buckets gateWait;
    private final Buckets poolWait;
    private final Buckets pause;
    private final Buckets longestWait;
    private final Map<Origin, Map<String, LongAdder>> errors;

    /// Which way bytes went, as clients see it.
    public enum Direction {
        /// From clients.
        RECEIVED,
        /// To clients.
        SENT
    }

    /// Who found an error.
    public enum Origin {
        PROXY,
        SERVER,
        CLIENT
    }

    /// How a cutover ended.
    public enum Outcome {
        SWITCHED,
        REHEARSED,
        REFUSED,
        ROLLED_BACK,
        UNKNOWN
    }

    DatabaseMeter(Meter meter, String database) {
        this.meter = meter;
        this.database = database;
        transactions = meter.family(Metric.TRANSACTIONS).counter(database);
        queries = meter.family(Metric.QUERIES).counter(database);
        received = meter.family(Metric.BYTES).counter(database, word(Direction.RECEIVED));
        sent = meter.family(Metric.BYTES).counter(database, word(Direction.SENT));
        strays = meter.family(Metric.STRAY_WRITES).counter(database);
        queryDuration = meter.family(Metric.QUERY_DURATION).histogram(database);
        gateWait = meter.family(Metric.GATE_WAIT_DURATION).histogram(database);
        poolWait = meter.family(Metric.POOL_WAIT_DURATION).histogram(database);
        pause = meter.family(Metric.CUTOVER_PAUSE).histogram(database);
        longestWait = meter.family(Metric.CUTOVER_LONGEST_WAIT).histogram(database);
        errors =
                Map.of(
                        Origin.PROXY, new ConcurrentHashMap<>(),
                        Origin.SERVER, new ConcurrentHashMap<>(),
                        Origin.CLIENT, new ConcurrentHashMap<>());
        for (var outcome : Outcome.values()) {
            cutovers(outcome);
        }
    }

    /// The database that is counted.
    public String name() {
        return database;
    }

    /// A transaction ended that had been open for so long.
    public void transaction(long nanos) {
        transactions.increment();
        transactionNanos.add(nanos);
    }

    /// A query was answered after so long.
    public void query(long nanos) {
        queries.increment();
        queryDuration.record(nanos);
    }

    /// So many bytes went that way.
    public void bytes(Direction direction, long count) {
        switch (direction) {
            case RECEIVED -> received.add(count);
            case SENT -> sent.add(count);
        }
    }

    /// A client was held for so long.
    public void gateWait(long nanos) {
        gateWait.record(nanos);
    }

    /// A client waited so long for a server connection.
    public void poolWait(long nanos) {
        poolWait.record(nanos);
    }

    /// A client was sent an error with this SQLSTATE.
    public void error(Origin origin, String sqlstate) {
        var counters = errors.get(origin);
        if (counters == null) {
            throw new IllegalStateException("no counters for " + origin);
        }
        var counter = counters.get(sqlstate);
        if (counter == null) {
            var label = counters.size() < MOST_SQLSTATES ? sqlstate : OTHER;
            counter =
                    counters.computeIfAbsent(
                            label,
                            state ->
                                    meter.family(Metric.ERRORS)
                                            .counter(database, word(origin), state));
        }
        counter.increment();
    }

    /// A write was found that came past the proxy.
    public void strays(long count) {
        strays.add(count);
    }

    /// A cutover ended so.
    public void cutover(Outcome outcome) {
        cutovers(outcome).increment();
    }

    /// Clients were paused for so long by a cutover or its rehearsal.
    public void pause(Duration length) {
        pause.record(length.toNanos());
    }

    /// The longest that a client waited because of a cutover or its rehearsal.
    public void longestWait(Duration length) {
        longestWait.record(length.toNanos());
    }

    /// A phase of a cutover took so long.
    public void phase(String phase, Duration length) {
        meter.family(Metric.CUTOVER_PHASE_DURATION)
                .histogram(database, phase)
                .record(length.toNanos());
    }

    /// As [Meter#gauge], with this database as the first label value.
    public void gauge(Metric metric, DoubleSupplier value, String... furtherLabelValues) {
        meter.gauge(metric, value, withDatabase(furtherLabelValues));
    }

    /// As [Meter#forget], within this database.
    public void forget(Metric metric, String... furtherLabelValues) {
        meter.forget(metric, withDatabase(furtherLabelValues));
    }

    /// Transactions so far, for SHOW STATS.
    public long transactionCount() {
        return transactions.sum();
    }

    /// Queries so far, for SHOW STATS.
    public long queryCount() {
        return queries.sum();
    }

    /// Bytes so far that way, for SHOW STATS.
    public long byteCount(Direction direction) {
        return switch (direction) {
            case RECEIVED -> received.sum();
            case SENT -> sent.sum();
        };
    }

    /// Time spent in transactions so far, in microseconds, for SHOW STATS.
    public long transactionMicros() {
        return transactionNanos.sum() / 1000;
    }

    /// Time spent in queries so far, in microseconds, for SHOW STATS.
    public long queryMicros() {
        return queryDuration.sumMicros();
    }

    /// Time that clients waited at the gate or for a server connection, in microseconds.
    public long waitMicros() {
        return gateWait.sumMicros() + poolWait.sumMicros();
    }

    private LongAdder cutovers(Outcome outcome) {
        return meter.family(Metric.CUTOVERS).counter(database, word(outcome));
    }

    private String[] withDatabase(String... further) {
        var all = new String[further.length + 1];
        all[0] = database;
        System.arraycopy(further, 0, all, 1, further.length);
        return all;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
