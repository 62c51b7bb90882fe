package dev.pointsman.core;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.config.User;
import dev.pointsman.core.listen.KnownParameters;
import dev.pointsman.core.pool.PoolKey;
import dev.pointsman.core.pool.Pools;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.server.login.Dial;
import dev.pointsman.core.server.login.ServerLogin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// Opens server connections as the configuration says, and remembers how reaching each server went.
final class ServerOpener implements Pools.Opener {
    private record Place(String database, String server) {}

    private final Supplier<Config> config;
    private final ChannelFactory<Channel> sockets;
    private final KnownParameters parameters;
    private final Map<Place, Boolean> reached = new ConcurrentHashMap<>();

    ServerOpener(
            Supplier<Config> config, ChannelFactory<Channel> sockets, KnownParameters parameters) {
        this.config = config;
        this.sockets = sockets;
        this.parameters = parameters;
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
        Secret secret = user == null ? new Secret.Absent() : user.secret();
        Future<ServerConnection> opening =
                ServerConnection.connect(
                        new ServerLogin(server, key.user(), secret, key.options().values()),
                        loop,
                        new Dial(sockets, database.limits().serverConnectTimeout()));
        opening.addListener(
                (Future<ServerConnection> opened) -> {
                    reached.put(new Place(key.database(), key.server()), opened.isSuccess());
                    if (opened.isSuccess()) {
                        parameters.learn(key, opened.getNow().parameters());
                    }
                });
        return opening;
    }

    /// Whether the last attempt to reach the server succeeded; NaN before the first.
    double up(String database, String server) {
        Boolean last = reached.get(new Place(database, server));
        return last == null ? Double.NaN : last ? 1 : 0;
    }
}
