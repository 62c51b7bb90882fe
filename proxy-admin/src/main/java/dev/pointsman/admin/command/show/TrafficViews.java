package dev.pointsman.admin.command.show;

import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.rows.Cell;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.channel.Ends;
import dev.pointsman.core.pool.row.PoolRow;
import dev.pointsman.core.pool.row.ServerRow;
import dev.pointsman.core.session.SessionRow;
import dev.pointsman.core.session.SessionState;
import dev.pointsman.core.session.replication.Replications.Served;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Who is connected, to either side.
final class TrafficViews {
    private static final int SOCKET_FIGURES = 7;
    private static final int MICROS = 1_000_000;

    private final Controls controls;
    private final Instant now = Instant.now();

    TrafficViews(Controls controls) {
        this.controls = controls;
    }

    void clients(Rows.Builder rows) {
        for (var client : controls.sessions().snapshot()) {
            var cells = client(client);
            cells.addAll(newer(client.ties().replication(), client.id()));
            cells.add(serverOf(client));
            cells.add(Cell.orAbsent(client.ties().obstacle()));
            cells.add(Cell.orAbsent(client.ties().pinned()));
            rows.row(cells);
        }
    }

    void servers(Rows.Builder rows) {
        for (var served : allServers()) {
            var server = served.server();
            var cells = server(server);
            cells.addAll(newer(served.kind(), server.pid()));
            cells.add(Cell.of(server.server()));
            cells.add(Cell.of(server.epoch()));
            rows.row(cells);
        }
    }

    void sockets(Rows.Builder rows, boolean activeOnly) {
        var figures = Collections.nCopies(SOCKET_FIGURES, Cell.of(0));
        for (var client : controls.sessions().snapshot()) {
            if (!activeOnly || client.state() != SessionState.IDLE) {
                var cells = client(client);
                cells.addAll(figures);
                cells.addAll(newer(client.ties().replication(), client.id()));
                cells.add(serverOf(client));
                rows.row(cells);
            }
        }
        for (var served : allServers()) {
            var server = served.server();
            if (!activeOnly || server.state().equals("active")) {
                var cells = server(server);
                cells.addAll(figures);
                cells.addAll(newer(served.kind(), server.pid()));
                cells.add(Cell.of(server.server()));
                rows.row(cells);
            }
        }
    }

    /// Those of the pools, and those of replication connections.
    private List<Served> allServers() {
        var all = new ArrayList<Served>();
        controls.pools().servers().forEach(server -> all.add(new Served(server, "none")));
        all.addAll(controls.sessions().replications().servers());
        return all;
    }

    /// Clients held at the gate wait, too: they are added to their pool's waiting ones.
    void pools(Rows.Builder rows) {
        var held =
                controls.sessions().snapshot().stream()
                        .filter(client -> client.state() == SessionState.HELD)
                        .collect(
                                Collectors.groupingBy(
                                        client -> List.of(client.database(), serverUser(client)),
                                        Collectors.counting()));
        for (var pool : controls.pools().pools()) {
            boolean serving =
                    controls.routes().current(pool.database()).server().equals(pool.server());
            var key = List.of(pool.database(), pool.user());
            long waiting = pool.clWaiting() + (serving ? held.getOrDefault(key, 0L) : 0L);
            rows.row(pool(pool, waiting));
        }
    }

    private String serverUser(SessionRow client) {
        var database = controls.config().databases().get(client.database());
        return database == null ? client.user() : database.serverUser(client.user());
    }

    private static List<Cell> pool(PoolRow pool, long waiting) {
        return List.of(
                Cell.of(pool.database()),
                Cell.of(pool.user()),
                Cell.of(pool.clActive()),
                Cell.of(waiting),
                Cell.of(0),
                Cell.of(0),
                Cell.of(pool.svActive()),
                Cell.of(0),
                Cell.of(0),
                Cell.of(pool.svIdle()),
                Cell.of(pool.svUsed()),
                Cell.of(pool.svTested()),
                Cell.of(pool.svLogin()),
                Cell.of(pool.maxWait().toSeconds()),
                Cell.of(micros(pool.maxWait())),
                Cell.of(pool.mode().name().toLowerCase(Locale.ROOT)),
                Cell.ABSENT,
                Cell.of(pool.server()));
    }

    private static long micros(Duration time) {
        return time.toNanos() / 1_000 % MICROS;
    }

    private Cell serverOf(SessionRow client) {
        return client.serverPid() == 0
                ? Cell.ABSENT
                : Cell.of(controls.routes().current(client.database()).server());
    }

    private List<Cell> client(SessionRow client) {
        var wait =
                switch (client.state()) {
                    case HELD, WAITING, MOVING -> Duration.between(client.requestedAt(), now);
                    case IDLE, INSIDE, GIVING_UP, ENDED -> Duration.ZERO;
                };
        return new ArrayList<>(
                List.of(
                        Cell.of("C"),
                        Cell.of(client.user()),
                        Cell.of(client.database()),
                        Cell.of(client.state().word()),
                        host(client.clientAddress()),
                        port(client.clientAddress()),
                        host(client.localAddress()),
                        port(client.localAddress()),
                        Cell.of(client.connectedAt()),
                        Cell.of(client.requestedAt()),
                        Cell.of(wait.toSeconds()),
                        Cell.of(micros(wait)),
                        Cell.of(0),
                        Cell.of("c" + client.id()),
                        client.serverPid() == 0 ? Cell.ABSENT : Cell.of("s" + client.serverPid()),
                        Cell.of(0),
                        Cell.of(client.tls()),
                        Cell.of(client.applicationName())));
    }

    private static List<Cell> server(ServerRow server) {
        return new ArrayList<>(
                List.of(
                        Cell.of("S"),
                        Cell.of(server.user()),
                        Cell.of(server.database()),
                        Cell.of(server.state()),
                        host(server.address()),
                        port(server.address()),
                        host(server.localAddress()),
                        port(server.localAddress()),
                        Cell.of(server.connectTime()),
                        Cell.of(server.requestTime()),
                        Cell.of(0),
                        Cell.of(0),
                        Cell.of(server.closeNeeded() ? 1 : 0),
                        Cell.of("s" + server.pid()),
                        Cell.ABSENT,
                        Cell.of(server.pid()),
                        Cell.ABSENT,
                        Cell.ABSENT));
    }

    /// What PgBouncer's later versions show as well.
    private static List<Cell> newer(String replication, long id) {
        return List.of(Cell.of(replication), Cell.of(0), Cell.of(id));
    }

    private static Cell host(SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? Cell.of(inet.getAddress().getHostAddress())
                : Ends.isLocal(address) ? Cell.of("unix") : Cell.ABSENT;
    }

    private static Cell port(SocketAddress address) {
        int port = Ends.port(address);
        return port < 0 ? Cell.ABSENT : Cell.of(port);
    }
}
