package dev.pointsman.core;

import dev.pointsman.core.channel.Sockets;
import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.config.Database.PoolMode;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.config.User;
import dev.pointsman.core.config.tls.ServerTls;
import dev.pointsman.core.listen.KnownParameters;
import dev.pointsman.core.listen.transport.TcpSettings;
import dev.pointsman.core.pool.PoolKey;
import dev.pointsman.core.pool.Pools;
import dev.pointsman.core.pool.Route;
import dev.pointsman.core.pool.Routes;
import dev.pointsman.core.pool.opening.FencedLogins;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.server.keys.Keyring;
import dev.pointsman.core.server.keys.UserKeys;
import dev.pointsman.core.server.login.Dial;
import dev.pointsman.core.server.login.ServerLogin;
import dev.pointsman.core.server.login.ServerRefused;
import dev.pointsman.core.server.name.Names;
import dev.pointsman.core.session.carry.AskedSettings;
import dev.pointsman.core.session.carry.Baseline;
import dev.pointsman.core.tls.TlsToServer;
import dev.pointsman.core.wire.ErrorReport;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Opens server connections as the configuration says, and remembers how reaching each server went.
final class ServerOpener implements Pools.Opener {
    private static final Logger log = LoggerFactory.getLogger(ServerOpener.class);

    private record Place(String database, String server) {}

    private final Supplier<Config> config;
    private final Sockets sockets;
    private final KnownParameters parameters;
    private final Keyring keyring;
    private final Routes routes;
    private final Names names;
    private final FencedLogins fenced = new FencedLogins();
    private final Map<ServerTls, TlsToServer> tls = new ConcurrentHashMap<>();

    /// What keeps us from each server that was tried; empty for nothing.
    private final Map<Place, String> obstacles = new ConcurrentHashMap<>();

    ServerOpener(
            Supplier<Config> config,
            Sockets sockets,
            KnownParameters parameters,
            Keyring keyring,
            Routes routes) {
        this.config = config;
        this.sockets = sockets;
        this.parameters = parameters;
        this.keyring = keyring;
        this.routes = routes;
        this.names = new Names(() -> config.get().limits().dns());
    }

    @Override
    public Future<ServerConnection> open(PoolKey key, EventLoop loop) {
        Database database = config.get().databases().get(key.database());
        if (database == null) {
            return loop.newFailedFuture(
                    new IllegalStateException("database " + key.database() + " is gone"));
        }
        Server server = database.server(key.server());
        User user = server.users().get(key.user());
        UserKeys keys = keyring.of(key.database(), key.user());
        Secret secret = keys.orLearnt(user == null ? new Secret.Absent() : user.secret());
        Future<ServerConnection> opening =
                Baseline.learn(
                        connect(
                                database,
                                new ServerLogin(server, key.user(), secret, startup(key), keys),
                                loop),
                        database.pool().mode() == PoolMode.TRANSACTION
                                ? database.pool().follow()
                                : List.of(),
                        loop);
        opening.addListener(
                (Future<ServerConnection> opened) -> {
                    tell(key, opened);
                    if (opened.isSuccess()) {
                        TcpSettings.apply(opened.getNow().channel(), config.get().limits().tcp());
                        parameters.learn(key, opened.getNow().parameters());
                    } else if (isRefusal(opened.cause()) && serves(key)) {
                        keys.refused();
                    }
                });
        return opening;
    }

    private Map<String, String> startup(PoolKey key) {
        var asked = key.options().values();
        var readOnly = fenced.readOnly(key);
        if (readOnly.isEmpty() || AskedSettings.of(asked).containsKey(FencedLogins.READ_ONLY)) {
            return asked;
        }
        var startup = new HashMap<>(asked);
        startup.put(FencedLogins.READ_ONLY, readOnly.get());
        return startup;
    }

    /// How logins to fenced servers begin.
    FencedLogins fenced() {
        return fenced;
    }

    /// One line when a server cannot be logged in to, one when the reason is another, and one when
    /// it is over: not one for every client that waits.
    private void tell(PoolKey key, Future<ServerConnection> opened) {
        @Nullable ErrorReport why =
                opened.isSuccess() ? null : ServerRefused.of(opened.cause()).report();
        String now = why == null ? "" : why.message();
        String before = obstacles.put(new Place(key.database(), key.server()), now);
        if (why != null && !now.equals(before)) {
            log.atWarn()
                    .addKeyValue("database", key.database())
                    .addKeyValue("server", key.server())
                    .addKeyValue("user", key.user())
                    .addKeyValue("sqlstate", why.sqlState().code())
                    .addKeyValue("reason", now)
                    .addKeyValue("detail", why.detail())
                    .addKeyValue("hint", why.hint())
                    .log("no server connection");
        } else if (why == null && before != null && !before.isEmpty()) {
            log.atInfo()
                    .addKeyValue("database", key.database())
                    .addKeyValue("server", key.server())
                    .log("server connections again");
        }
    }

    /// Opens a connection for replication.
    Future<ServerConnection> openForReplication(
            Route route, String user, Map<String, String> startup, EventLoop loop) {
        Database database = config.get().database(route.database());
        Server server = database.server(route.server());
        User known = server.users().get(user);
        UserKeys keys = keyring.of(route.database(), user);
        Secret secret = keys.orLearnt(known == null ? new Secret.Absent() : known.secret());
        return connect(database, new ServerLogin(server, user, secret, startup, keys), loop);
    }

    /// Logs in once, past the pools.
    Future<ServerConnection> connect(Database database, ServerLogin login, EventLoop loop) {
        return ServerConnection.connect(
                login,
                loop,
                new Dial(
                        sockets,
                        database.limits().serverConnectTimeout(),
                        database.limits().servers().cancelWait(),
                        tls.computeIfAbsent(login.server().tls(), TlsToServer::of),
                        names));
    }

    /// Makes the encryption of `next` ready, which is slow; what neither it nor the configuration
    /// in force needs is forgotten.
    void prepare(Config next) {
        var wanted = encryption(next);
        wanted.forEach(one -> tls.computeIfAbsent(one, TlsToServer::of));
        wanted.addAll(encryption(config.get()));
        tls.keySet().retainAll(wanted);
    }

    private static Set<ServerTls> encryption(Config config) {
        return config.entries().stream()
                .flatMap(database -> database.servers().values().stream())
                .map(Server::tls)
                .collect(Collectors.toCollection(HashSet::new));
    }

    private boolean serves(PoolKey key) {
        return routes.current(key.database()).server().equals(key.server());
    }

    private static boolean isRefusal(Throwable cause) {
        return cause instanceof ServerRefused refused
                && refused.byServer()
                && refused.report().sqlState().code().startsWith("28");
    }

    Names names() {
        return names;
    }

    /// Whether the last attempt to reach the server succeeded; NaN before the first.
    double up(String database, String server) {
        String last = obstacles.get(new Place(database, server));
        return last == null ? Double.NaN : last.isEmpty() ? 1 : 0;
    }
}
