package dev.pointsman.core;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.gate.Gates;
import dev.pointsman.core.listen.login.Servers;
import dev.pointsman.core.pool.Pools;
import dev.pointsman.core.pool.Routes;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.server.keys.UserKeys;
import dev.pointsman.core.server.login.ServerLogin;
import dev.pointsman.core.server.login.ServerRefused;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.SqlState;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/// What logins ask of servers, by connections of their own: never while a hold is on or a server is
/// sealed, when nobody of ours may open one.
final class LoginServers implements Servers {
    /// Asks a server what it stores about a user. Blocks.
    interface Finder {
        Found find(Database database, String server, String user);
    }

    private static final Executor VIRTUAL = Thread::startVirtualThread;

    private final Supplier<Config> config;
    private final Routes routes;
    private final Pools pools;
    private final Gates gates;
    private final ServerOpener opener;
    private volatile Finder finder = (_, _, _) -> new Found.Silent(notNow("the users of it"));

    LoginServers(
            Supplier<Config> config, Routes routes, Pools pools, Gates gates, ServerOpener opener) {
        this.config = config;
        this.routes = routes;
        this.pools = pools;
        this.gates = gates;
        this.opener = opener;
    }

    void users(Finder by) {
        finder = by;
    }

    @Override
    public Optional<String> serving(String database) {
        return config.get().databases().containsKey(database)
                ? Optional.of(routes.current(database).server())
                : Optional.empty();
    }

    @Override
    public List<String> others(String database) {
        Database found = config.get().databases().get(database);
        String serving = serving(database).orElse("");
        return found == null
                ? List.of()
                : found.servers().keySet().stream()
                        .filter(server -> !server.equals(serving))
                        .toList();
    }

    @Override
    public Optional<ErrorReport> shut(String database, EventLoop loop) {
        var gate = gates.of(database).on(loop);
        if (!gate.isOpen()) {
            return gate.whyClosed().or(() -> Optional.of(notNow(database)));
        }
        return pools.isSealed(database, routes.current(database).server())
                ? Optional.of(notNow(database))
                : Optional.empty();
    }

    @Override
    public CompletableFuture<Answer> test(
            String database, String server, String user, Secret.Clear password, EventLoop loop) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        Database settings = config.get().databases().get(database);
        String serving = serving(database).orElse("");
        if (settings == null
                || !settings.servers().containsKey(server)
                || !pools.visit(database, serving)) {
            answer.complete(new Answer.Silent(notNow(database)));
            return answer;
        }
        UserKeys keys = UserKeys.unshared();
        opener.connect(
                        settings,
                        new ServerLogin(settings.server(server), user, password, Map.of(), keys),
                        loop)
                .addListener(
                        (Future<ServerConnection> opened) -> {
                            if (!opened.isSuccess()) {
                                pools.leave(database, serving);
                                answer.complete(refusal(opened.cause()));
                                return;
                            }
                            ServerConnection connection = opened.getNow();
                            connection
                                    .channel()
                                    .closeFuture()
                                    .addListener(_ -> pools.leave(database, serving));
                            connection.close();
                            answer.complete(new Answer.LetIn(keys));
                        });
        return answer;
    }

    private static Answer refusal(Throwable cause) {
        ServerRefused refused = ServerRefused.of(cause);
        ErrorReport report = refused.report();
        return refused.byServer() && report.sqlState().code().startsWith("28")
                ? new Answer.Refused(report.message())
                : new Answer.Silent(report);
    }

    @Override
    public CompletableFuture<Found> find(String database, String user) {
        Database settings = config.get().databases().get(database);
        String serving = serving(database).orElse("");
        if (settings == null || !pools.visit(database, serving)) {
            return CompletableFuture.completedFuture(new Found.Silent(notNow(database)));
        }
        return CompletableFuture.supplyAsync(() -> finder.find(settings, serving, user), VIRTUAL)
                .whenComplete((_, _) -> pools.leave(database, serving));
    }

    private static ErrorReport notNow(String database) {
        return ErrorReport.fatal(
                        SqlState.CANNOT_CONNECT_NOW,
                        "database \"%s\" takes no new logins at this moment".formatted(database))
                .withHint("Connect again.");
    }
}
