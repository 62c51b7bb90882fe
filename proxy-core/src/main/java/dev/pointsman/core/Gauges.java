package dev.pointsman.core;

import dev.pointsman.core.config.Database;
import dev.pointsman.core.gate.Gate;
import dev.pointsman.core.meter.DatabaseMeter;
import dev.pointsman.core.meter.Metric;
import dev.pointsman.core.pool.row.PoolRow;
import dev.pointsman.core.session.SessionState;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;

/// The gauges of the data path. Those of the pools show what was so within the last second, because
/// a scrape must not wait for event loops.
final class Gauges implements AutoCloseable {
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final DataPath path;
    private final Thread refresher;
    private volatile List<PoolRow> pools = List.of();

    Gauges(DataPath path) {
        this.path = path;
        refresher = Thread.ofVirtual().name("gauges").unstarted(this::refresh);
    }

    /// Registers the gauges of these databases.
    void start(Iterable<Database> databases) {
        databases.forEach(this::add);
        refresher.start();
    }

    /// Registers the gauges of servers that a database did not have before.
    void add(Database before, Database now) {
        for (String server : now.servers().keySet()) {
            if (!before.servers().containsKey(server)) {
                add(path.meter().database(now.name()), now, server);
            }
        }
    }

    @Override
    public void close() {
        refresher.interrupt();
    }

    /// Registers those of a database.
    void add(Database database) {
        String name = database.name();
        DatabaseMeter meter = path.meter().database(name);
        Gate gate = path.gates().of(name);
        meter.gauge(Metric.ROUTE_EPOCH, () -> path.routes().current(name).epoch());
        meter.gauge(Metric.DATABASE_PAUSED, () -> gate.closers().isEmpty() ? 0 : 1);
        meter.gauge(Metric.GATE_WAITING_CLIENTS, () -> gate.counts().waiting());
        meter.gauge(Metric.GATE_BUFFERED_BYTES, () -> gate.counts().heldBytes());
        meter.gauge(Metric.CLIENTS, () -> clients(name, Set.of(SessionState.IDLE)), "idle");
        meter.gauge(
                Metric.CLIENTS,
                () -> clients(name, Set.of(SessionState.INSIDE, SessionState.GIVING_UP)),
                "active");
        meter.gauge(
                Metric.CLIENTS,
                () -> clients(name, Set.of(SessionState.WAITING, SessionState.MOVING)),
                "waiting");
        meter.gauge(Metric.CLIENTS, () -> clients(name, Set.of(SessionState.HELD)), "held");
        meter.gauge(Metric.PINNED_CLIENTS, () -> path.sessions().pinned(name));
        for (String server : database.servers().keySet()) {
            add(meter, database, server);
        }
    }

    private void add(DatabaseMeter meter, Database database, String server) {
        String name = database.name();
        meter.gauge(
                Metric.ROUTE_SERVING,
                () -> path.routes().current(name).server().equals(server) ? 1 : 0,
                server);
        meter.gauge(Metric.SERVER_UP, () -> path.opener().up(name, server), server);
        meter.gauge(Metric.SERVER_CONNECTIONS_LIMIT, () -> path.poolSize(name), server);
        meter.gauge(
                Metric.SERVER_CONNECTIONS,
                () -> servers(name, server, PoolRow::svIdle),
                server,
                "idle");
        meter.gauge(
                Metric.SERVER_CONNECTIONS,
                () -> servers(name, server, row -> row.svActive() + row.svTested()),
                server,
                "active");
        meter.gauge(
                Metric.SERVER_CONNECTIONS,
                () -> servers(name, server, PoolRow::svLogin),
                server,
                "login");
    }

    private int clients(String database, Set<SessionState> states) {
        return states.stream().mapToInt(state -> path.sessions().count(database, state)).sum();
    }

    private int servers(String database, String server, ToIntFunction<PoolRow> count) {
        return pools.stream()
                .filter(row -> row.database().equals(database) && row.server().equals(server))
                .mapToInt(count)
                .sum();
    }

    private void refresh() {
        try {
            while (true) {
                pools = path.pools().pools();
                Thread.sleep(EVERY);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
