package dev.pointsman.core.simulation;

import dev.pointsman.core.config.Admin;
import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.CutoverSettings;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.config.Database.PoolMode;
import dev.pointsman.core.config.Database.PoolSettings;
import dev.pointsman.core.config.Http;
import dev.pointsman.core.config.Limits;
import dev.pointsman.core.config.Listen;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.config.Server.SslMode;
import dev.pointsman.core.config.tls.PeerTls;
import dev.pointsman.core.config.tls.PortTls;
import dev.pointsman.core.config.tls.ServerTls;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The configuration of a simulated proxy: one database, two servers, one user.
final class Landscape {
    static final String DATABASE = "shop";
    static final String USER = "clerk";
    static final List<String> SERVERS = List.of("blue", "green");

    private Landscape() {}

    static Database database(PoolMode mode, int size, long heldPerClient, long heldInAll) {
        Map<String, Server> servers = new LinkedHashMap<>();
        SERVERS.forEach(name -> servers.put(name, server(name)));
        var limits =
                Limits.defaults()
                        .with(new Limits.Held(heldPerClient, heldInAll))
                        .with(
                                new Limits.Servers(
                                        Duration.ofSeconds(15),
                                        Duration.ofSeconds(2),
                                        Duration.ofHours(1),
                                        Duration.ofSeconds(1),
                                        Duration.ofSeconds(10)))
                        .with(
                                new Limits.Times(
                                        Duration.ZERO,
                                        Duration.ZERO,
                                        Duration.ZERO,
                                        Duration.ZERO,
                                        Duration.ZERO));
        return new Database(
                DATABASE,
                new PoolSettings(mode, size),
                "blue",
                servers,
                CutoverSettings.defaults(),
                limits,
                /* unnamed= */ false);
    }

    static Config config(Database database) {
        return new Config(
                new Listen("127.0.0.1", 0, PortTls.OFF),
                new Admin("127.0.0.1", 0, PortTls.OFF, Map.of()),
                new Http.Off(),
                Path.of("state"),
                new Config.Log(Config.Log.Format.TEXT, "info", false, new Config.Log.Audit.Off()),
                new Config.Auth(Config.AuthType.TRUST),
                Map.of(),
                Map.of(DATABASE, database),
                Optional.empty(),
                database.limits(),
                Duration.ofSeconds(5));
    }

    static int port(String server) {
        return 5_000 + 1_000 * SERVERS.indexOf(server);
    }

    private static Server server(String name) {
        return new Server(
                name,
                "127.0.0.1",
                port(name),
                DATABASE,
                ServerTls.of(SslMode.DISABLE),
                new Server.Control("postgres", new Secret.Absent(), "postgres"),
                Map.of(),
                new Server.Peer("127.0.0.1", port(name), PeerTls.of(SslMode.DISABLE)));
    }
}
