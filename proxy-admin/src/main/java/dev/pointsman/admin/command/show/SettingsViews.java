package dev.pointsman.admin.command.show;

import dev.pointsman.admin.command.Controls;
import dev.pointsman.admin.rows.Cell;
import dev.pointsman.admin.rows.Rows;
import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.config.key.ConfigChange;
import dev.pointsman.core.config.key.ConfigRows;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What the configuration says.
final class SettingsViews {
    private final Controls controls;
    private final Config config;

    SettingsViews(Controls controls) {
        this.controls = controls;
        config = controls.config();
    }

    /// Every key of the file; of passwords only which kind they are.
    void config(Rows.Builder rows) {
        for (var row : ConfigRows.of(config)) {
            boolean live =
                    ConfigChange.isLive(row.kind()) && !row.kind().type().startsWith("password");
            rows.row(
                    Cell.of(row.key()),
                    Cell.of(row.value()),
                    Cell.orAbsent(row.fallback().startsWith("(") ? "" : row.fallback()),
                    Cell.of(live ? "yes" : "no"));
        }
    }

    /// The serving server's row comes first, so that who looks for a name finds that one.
    void databases(Rows.Builder rows) {
        var connections = controls.pools().servers();
        var clients = controls.sessions().snapshot();
        for (var database : config.databases().values()) {
            var serving = controls.routes().current(database.name()).server();
            long connected =
                    clients.stream().filter(row -> row.database().equals(database.name())).count();
            var servers = new ArrayList<>(database.servers().values());
            servers.sort(Comparator.comparing(server -> !server.name().equals(serving)));
            for (var server : servers) {
                long open =
                        connections.stream()
                                .filter(row -> row.database().equals(database.name()))
                                .filter(row -> row.server().equals(server.name()))
                                .count();
                boolean serves = server.name().equals(serving);
                rows.row(database(database, server, new Use(open, connected, serves)));
            }
        }
    }

    private record Use(long servers, long clients, boolean serving) {}

    private List<Cell> database(Database database, Server server, Use use) {
        boolean paused = !controls.gates().of(database.name()).closers().isEmpty();
        boolean disabled = controls.gates().of(database.name()).disabled().isPresent();
        var limits = database.limits();
        return List.of(
                Cell.of(database.name()),
                Cell.of(server.host()),
                Cell.of(server.port()),
                Cell.of(server.dbname()),
                Cell.orAbsent(database.pool().user()),
                Cell.of(database.pool().size()),
                Cell.of(limits.pool().min()),
                Cell.of(limits.pool().reserve()),
                Cell.words(database.pool().mode()),
                Cell.of(limits.pool().maxDb()),
                Cell.of(use.servers()),
                Cell.of(paused ? 1 : 0),
                Cell.of(disabled ? 1 : 0),
                Cell.of(limits.pool().reserve()),
                Cell.of(limits.serverLifetime().toSeconds()),
                Cell.ABSENT,
                Cell.of(limits.clients().maxDbClientConnections()),
                Cell.of(use.clients()),
                Cell.of(server.name()),
                Cell.of(use.serving()));
    }

    void users(Rows.Builder rows) {
        var servers = controls.pools().servers();
        var clients = controls.sessions().snapshot();
        for (var user : config.users().values()) {
            var name = user.name();
            var limits = config.limits().of(name);
            boolean ownSize = limits.pool().ofUser() > 0;
            boolean ownLimits = config.limits().users().containsKey(name);
            rows.row(
                    Cell.of(name),
                    Cell.ABSENT,
                    ownSize ? Cell.of(limits.pool().ofUser()) : Cell.ABSENT,
                    ownLimits ? Cell.of(limits.pool().reserve()) : Cell.ABSENT,
                    Cell.of(limits.pool().maxUser()),
                    Cell.of(servers.stream().filter(row -> row.user().equals(name)).count()),
                    Cell.of(limits.clients().maxUserClientConnections()),
                    Cell.of(clients.stream().filter(row -> row.user().equals(name)).count()));
        }
    }
}
