package dev.pointsman.core.meter;

import static dev.pointsman.core.meter.Metric.Kind.COUNTER;
import static dev.pointsman.core.meter.Metric.Kind.GAUGE;
import static dev.pointsman.core.meter.Metric.Kind.HISTOGRAM;
import static dev.pointsman.core.meter.Metric.Kind.INFO;

import java.util.List;

/// Every metric of ours: its name, what it counts, and its labels. docs/reference/metrics.md lists
/// the same, and a test compares the two.
public enum Metric {
    BUILD_INFO(
            INFO, "build_info", "Version of the proxy and of its Java runtime.", "version", "java"),
    CUTOVER_LONGEST_WAIT(
            HISTOGRAM,
            "cutover_longest_wait_seconds",
            "The longest that a client waited for its statement to go on to a server, for each"
                    + " cutover and rehearsal that kept any waiting.",
            "database"),
    CUTOVER_PAUSE(
            HISTOGRAM,
            "cutover_pause_seconds",
            "From the closing of the gates to their opening, for each cutover and rehearsal.",
            "database"),
    CUTOVER_PHASE_DURATION(
            HISTOGRAM,
            "cutover_phase_duration_seconds",
            "How long each phase of a cutover took.",
            "database",
            "phase"),
    CUTOVERS(COUNTER, "cutovers_total", "Cutovers that ended, by outcome.", "database", "outcome"),
    ROUTE_EPOCH(GAUGE, "route_epoch", "Epoch of the route.", "database"),
    ROUTE_SERVING(
            GAUGE,
            "route_serving",
            "1 for the server that serves the database, 0 for the others.",
            "database",
            "server"),
    DATABASE_PAUSED(
            GAUGE, "database_paused", "1 while the gate is closed, whoever closed it.", "database"),
    GATE_WAITING_CLIENTS(GAUGE, "gate_waiting_clients", "Clients held at the gate.", "database"),
    PINNED_CLIENTS(
            GAUGE,
            "pinned_clients",
            "Clients in transaction mode that keep their server connection, because they have left"
                    + " something there.",
            "database"),
    GATE_BUFFERED_BYTES(
            GAUGE, "gate_buffered_bytes", "Bytes kept of clients held at the gate.", "database"),
    GATE_WAIT_DURATION(
            HISTOGRAM,
            "gate_wait_duration_seconds",
            "How long each held client was held.",
            "database"),
    CLIENTS(
            GAUGE,
            "clients",
            "Logged-in clients, by what they do: idle, active, waiting for a pool slot, or held.",
            "database",
            "state"),
    SERVER_CONNECTIONS(
            GAUGE,
            "server_connections",
            "Server connections, by what they do: idle, active, or logging in.",
            "database",
            "server",
            "state"),
    SERVER_CONNECTIONS_LIMIT(
            GAUGE,
            "server_connections_limit",
            "Size of the pool of each user.",
            "database",
            "server"),
    SERVER_UP(
            GAUGE,
            "server_up",
            "1 when the last attempt to reach the server succeeded.",
            "database",
            "server"),
    TRANSACTIONS(COUNTER, "transactions_total", "Transactions that ended.", "database"),
    QUERIES(COUNTER, "queries_total", "Queries that were answered.", "database"),
    QUERY_DURATION(
            HISTOGRAM,
            "query_duration_seconds",
            "From the query's first byte sent to the server to ReadyForQuery.",
            "database"),
    BYTES(
            COUNTER,
            "bytes_total",
            "Bytes received from clients and sent to them.",
            "database",
            "direction"),
    POOL_WAIT_DURATION(
            HISTOGRAM,
            "pool_wait_duration_seconds",
            "How long clients waited for a server connection, for those that waited.",
            "database"),
    ERRORS(
            COUNTER,
            "errors_total",
            "Errors sent to clients, by who found them: the proxy, the server, or the client's"
                    + " own leaving.",
            "database",
            "origin",
            "sqlstate"),
    REPLICATION_LAG_BYTES(
            GAUGE,
            "replication_lag_bytes",
            "Write-ahead log that the other server has still to confirm.",
            "database",
            "direction"),
    REPLICATION_LAG_SECONDS(
            GAUGE,
            "replication_lag_seconds",
            "How long the other server has been behind.",
            "database",
            "direction"),
    SLOT_RETAINED_BYTES(
            GAUGE,
            "slot_retained_bytes",
            "Write-ahead log that a slot of ours keeps on its server.",
            "database",
            "slot"),
    MIGRATION_TABLES(
            GAUGE,
            "migration_tables",
            "Tables of the migration, by state: copying or ready.",
            "database",
            "state"),
    REVERSE_READY(GAUGE, "reverse_ready", "1 when the way back is open.", "database"),
    FENCE_ACTIVE(
            GAUGE,
            "fence_active",
            "1 while a fence stands: on the server that was left, or still on the one that serves.",
            "database"),
    STRAY_WRITES(
            COUNTER,
            "stray_writes_total",
            "Writes found on a server that does not serve, made past the proxy.",
            "database"),
    CONFIG_LAST_RELOAD_SUCCESSFUL(
            GAUGE,
            "config_last_reload_successful",
            "1 when the last reading of the configuration found no problem."),
    TLS_CERTIFICATE_EXPIRY(
            GAUGE,
            "tls_certificate_expiry_timestamp_seconds",
            "When a certificate that the proxy shows ends to be valid.",
            "file");

    /// How a metric behaves.
    public enum Kind {
        COUNTER,
        GAUGE,
        HISTOGRAM,
        INFO
    }

    private static final String PREFIX = "pointsman_";

    private final Kind kind;
    private final String suffix;
    private final String help;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> labels;

    Metric(Kind kind, String suffix, String help, String... labels) {
        this.kind = kind;
        this.suffix = suffix;
        this.help = help;
        this.labels = List.of(labels);
    }

    public Kind kind() {
        return kind;
    }

    /// The name as a scrape shows it; a histogram's series add `_bucket`, `_sum` and `_count`.
    public String fullName() {
        return PREFIX + suffix;
    }

    public String help() {
        return help;
    }

    /// The label names, in the order in which values are given.
    public List<String> labels() {
        return labels;
    }
}
