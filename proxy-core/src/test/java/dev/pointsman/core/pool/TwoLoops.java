package dev.pointsman.core.pool;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.file.ConfigFile;
import dev.pointsman.core.config.file.ConfigProblems;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.server.login.Dial;
import dev.pointsman.core.server.login.ServerLogin;
import dev.pointsman.core.wire.ErrorReport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.Ticker;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Pools on two event loops of one transport, in front of a server that a test plays. It is `blue`
/// and serves; by the name of another database it is `green` as well.
final class TwoLoops implements AutoCloseable {
    private static final PoolKey KEY = new PoolKey("shop", "blue", "app", StartupOptions.NONE);

    private final MultiThreadIoEventLoopGroup group;
    private final List<EventLoop> loops = new ArrayList<>();
    private final Pools pools;

    TwoLoops(IoHandlerFactory io, ChannelFactory<Channel> sockets, int serverPort, int size)
            throws ConfigProblems {
        group = new MultiThreadIoEventLoopGroup(2, io);
        group.forEach(executor -> loops.add((EventLoop) executor));
        var config = config(serverPort, size);
        var routes = new Routes();
        routes.add(new Route("shop", "blue", 0, Instant.EPOCH));
        pools =
                new Pools(
                        () -> config,
                        routes,
                        (key, loop) ->
                                ServerConnection.connect(
                                        new ServerLogin(
                                                config.database("shop").server(key.server()),
                                                key.user(),
                                                new Secret.Absent(),
                                                Map.of()),
                                        loop,
                                        new Dial(sockets, Duration.ofSeconds(5))),
                        Ticker.systemTicker(),
                        (_, _) -> {});
        pools.start(loops);
    }

    private static Config config(int serverPort, int size) throws ConfigProblems {
        return ConfigFile.parse(
                """
                version: 1
                listen: {host: 127.0.0.1, port: 0}
                admin: {host: 127.0.0.1, port: 0, users: {operator: "secret"}}
                auth: {type: trust}
                users: {app: {password: "app's"}}
                databases:
                  shop:
                    pool: {mode: transaction, size: %1$d}
                    serve: blue
                    control: {user: postgres, maintenance_db: postgres}
                    servers:
                      blue: {host: 127.0.0.1, port: %2$d, dbname: shop, sslmode: disable}
                      green: {host: 127.0.0.1, port: %2$d, dbname: green, sslmode: disable}
                """
                        .formatted(size, serverPort),
                "test.yaml",
                Path.of("target"),
                Map.of());
    }

    Pools pools() {
        return pools;
    }

    int slotsTaken() {
        return PoolSlots.taken(pools, "shop", "blue", "app");
    }

    /// Looks after everything that is due by the clock, now.
    void tick() {
        for (var loop : loops) {
            loop.submit(() -> pools.on(loop).tick()).syncUninterruptibly();
        }
    }

    /// Borrows on a loop, asks the server something there, and gives back. Completes with the
    /// server's process id.
    CompletableFuture<Integer> use(int onLoop, int rounds) {
        var done = new CompletableFuture<Integer>();
        loops.get(onLoop).execute(() -> borrow(onLoop, rounds, done));
        return done;
    }

    private void borrow(int onLoop, int rounds, CompletableFuture<Integer> done) {
        var pool = pools.on(loops.get(onLoop));
        pool.borrow(
                KEY,
                new Borrower() {
                    @Override
                    public void onServer(ServerConnection connection) {
                        ask(connection, onLoop, rounds, done);
                    }

                    @Override
                    public void onRefused(ErrorReport why) {
                        done.completeExceptionally(new AssertionError(why.toString()));
                    }
                });
    }

    private void ask(
            ServerConnection connection, int onLoop, int rounds, CompletableFuture<Integer> done) {
        var loop = loops.get(onLoop);
        if (!connection.channel().eventLoop().equals(loop) || !loop.inEventLoop()) {
            done.completeExceptionally(new AssertionError("lent on another loop"));
            return;
        }
        connection
                .ask("select " + connection.pid())
                .addListener(
                        answer -> {
                            if (!loop.inEventLoop()) {
                                done.completeExceptionally(new AssertionError("another loop"));
                                return;
                            }
                            // A server that died meanwhile is no fault.
                            pools.on(loop).giveBack(connection);
                            if (rounds > 1) {
                                loop.execute(() -> borrow(onLoop, rounds - 1, done));
                            } else {
                                done.complete(answer.isSuccess() ? connection.pid() : -1);
                            }
                        });
    }

    @Override
    public void close() {
        pools.close();
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
