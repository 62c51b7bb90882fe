package dev.pointsman.core.listen;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.gate.Gate;
import dev.pointsman.core.listen.count.ClientCounts;
import dev.pointsman.core.listen.login.Logins;
import dev.pointsman.core.listen.tls.TlsPort;
import dev.pointsman.core.session.SessionRegistry;
import dev.pointsman.core.session.SessionScope;

import io.netty.channel.EventLoop;

import java.util.Optional;
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
    private volatile boolean draining;

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

    Optional<Gate.Disabled> disabled(String database) {
        return admission.apply(database);
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
