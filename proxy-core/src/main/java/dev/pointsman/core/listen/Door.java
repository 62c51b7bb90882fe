package dev.pointsman.core.listen;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.gate.Gate;
import dev.pointsman.core.listen.count.ClientCounts;
import dev.pointsman.core.listen.login.Logins;
import dev.pointsman.core.listen.tls.TlsPort;
import dev.pointsman.core.pool.Route;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.session.SessionRegistry;
import dev.pointsman.core.session.SessionScope;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.SqlState;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/// What all logins share. Any thread.
public final class Door {
    private final Supplier<Config> config;
    private final Logins logins;
    private final KnownParameters parameters;
    private final SessionRegistry sessions;
    private final BiFunction<String, EventLoop, SessionScope> scopes;
    private final TlsPort tls;
    private final AtomicInteger clients = new AtomicInteger();
    private final ClientCounts counts = new ClientCounts();
    private volatile Optional<AdminDoor> adminDoor = Optional.empty();
    private volatile Function<String, Optional<Gate.Disabled>> admission = _ -> Optional.empty();
    private volatile Optional<ReplicationOpener> replication = Optional.empty();
    private volatile Opener opener = _ -> CompletableFuture.completedFuture(Optional.empty());
    private volatile boolean draining;

    /// Makes a database ready that the configuration does not have by name.
    public interface Opener {
        /// Completes on any thread: empty when there is nothing to say against it.
        CompletableFuture<Optional<ErrorReport>> open(String database);
    }

    /// Opens a connection for replication, past the pools.
    public interface ReplicationOpener {
        /// Logs in to the route's server.
        ///
        /// @param startup what the start-up packet says besides the user
        Future<ServerConnection> open(
                Route route, String user, Map<String, String> startup, EventLoop loop);
    }

    /// @param scopes what a session of a configured database shares with others on its loop
    public Door(
            Supplier<Config> config,
            Logins logins,
            KnownParameters parameters,
            SessionRegistry sessions,
            BiFunction<String, EventLoop, SessionScope> scopes) {
        this.config = config;
        this.logins = logins;
        this.tls = new TlsPort(() -> config.get().listen().tls());
        this.parameters = parameters;
        this.sessions = sessions;
        this.scopes = scopes;
    }

    /// Lets admin users in through the client port.
    public void adminDoor(AdminDoor door) {
        adminDoor = Optional.of(door);
    }

    /// Asks `disabled` of every new client whether its database takes new ones; on event loops.
    public void admission(Function<String, Optional<Gate.Disabled>> disabled) {
        admission = disabled;
    }

    /// Opens the server connections of replication connections; on event loops.
    public void replication(ReplicationOpener opener) {
        replication = Optional.of(opener);
    }

    /// Asks `by` about names that the configuration does not have; on event loops.
    public void opener(Opener by) {
        opener = by;
    }

    /// Why a database is not there; empty once it is, or when [#refusal] knows more.
    CompletableFuture<Optional<ErrorReport>> ready(String database) {
        return config().wildcard().isEmpty() || config().databases().containsKey(database)
                ? CompletableFuture.completedFuture(Optional.empty())
                : opener.open(database);
    }

    Optional<ReplicationOpener> replication() {
        return replication;
    }

    /// Why nobody is let in to this database; empty when it takes new clients.
    Optional<ErrorReport> refusal(String database) {
        if (!config().databases().containsKey(database)) {
            return Optional.of(
                    ErrorReport.fatal(
                                    SqlState.INVALID_CATALOG_NAME,
                                    "database \"%s\" does not exist".formatted(database))
                            .withHint("The proxy's configuration has no database of this name."));
        }
        return admission
                .apply(database)
                .map(
                        disabled ->
                                ErrorReport.fatal(
                                                SqlState.CANNOT_CONNECT_NOW,
                                                "database \"%s\" is disabled: %s lets no new clients in"
                                                        .formatted(database, disabled.operator()))
                                        .withHint(
                                                "Connect again after the operator has run"
                                                        + " ENABLE."));
    }

    /// From now on every login is refused with 57P01.
    public void drain() {
        draining = true;
    }

    public boolean draining() {
        return draining;
    }

    /// Clients that are logged in or logging in.
    public int clients() {
        return clients.get();
    }

    /// How clients encrypt.
    public TlsPort tls() {
        return tls;
    }

    Config config() {
        return config.get();
    }

    Logins logins() {
        return logins;
    }

    KnownParameters parameters() {
        return parameters;
    }

    SessionRegistry sessions() {
        return sessions;
    }

    SessionScope scope(String database, EventLoop loop) {
        return scopes.apply(database, loop);
    }

    Optional<AdminDoor> adminDoor() {
        return adminDoor;
    }

    ClientCounts counts() {
        return counts;
    }

    /// Counts a client in, if there is room; who is counted in has to be counted out.
    boolean countIn() {
        if (clients.incrementAndGet() <= config().limits().maxClientConn()) {
            return true;
        }
        clients.decrementAndGet();
        return false;
    }

    void countOut() {
        clients.decrementAndGet();
    }
}
