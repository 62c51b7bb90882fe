package dev.pointsman.core.session;

import dev.pointsman.core.session.clock.Sweep;
import dev.pointsman.core.session.relay.SessionErrors;
import dev.pointsman.core.session.replication.Replications;
import dev.pointsman.core.wire.message.CancelKey;

import io.netty.util.concurrent.Ticker;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// All sessions of one proxy. Any thread; what touches a session goes to its event loop.
public final class SessionRegistry {
    private static final long CARRY_FIRST_MILLIS = 250;
    private static final long CARRY_NEXT_MILLIS = 5;

    private final Map<Integer, Session> byProcessId = new ConcurrentHashMap<>();
    private final Replications replications = new Replications();
    private final AtomicInteger lastProcessId = new AtomicInteger();
    private final BooleanSupplier logsConnections;
    private final Ticker ticker;

    /// @param logsConnections whether the beginning and end of each session is logged
    public SessionRegistry(boolean logsConnections) {
        this(() -> logsConnections);
    }

    /// @param logsConnections the same, asked on event loops
    public SessionRegistry(BooleanSupplier logsConnections) {
        this(logsConnections, Ticker.systemTicker());
    }

    public SessionRegistry(BooleanSupplier logsConnections, Ticker ticker) {
        this.logsConnections = logsConnections;
        this.ticker = ticker;
    }

    /// A cancel key for a client that is about to be let in: a process id of the proxy's own and an
    /// unguessable secret.
    public CancelKey newKey(int secretBytes) {
        int processId =
                lastProcessId.updateAndGet(last -> last == Integer.MAX_VALUE ? 1 : last + 1);
        return CancelKey.random(processId, secretBytes);
    }

    /// Cancels what the session with this key runs, or answers what it is held with. Completes when
    /// a statement that the client sends afterwards can no longer be hit: close the client's socket
    /// then. A key that nobody has changes nothing.
    public CompletableFuture<Void> cancel(CancelKey key) {
        Session session = byProcessId.get(key.processId());
        if (session == null || !session.key().equals(key)) {
            return replications.cancel(key);
        }
        var done = new CompletableFuture<Void>();
        session.loop().execute(() -> session.cancel(done));
        return done;
    }

    /// Ends one session with 57P01; false when there is none of that id.
    public boolean kill(long sessionId) {
        for (Session session : byProcessId.values()) {
            if (session.id() == sessionId) {
                var _ = end(session, EndReason.KILLED);
                return true;
            }
        }
        return replications.end(sessionId, SessionErrors.ended(true));
    }

    /// Ends all sessions of a database (of all databases when empty) with 57P01. Completes when
    /// nothing that their clients send is passed on any more.
    public CompletableFuture<Void> killAll(String database, EndReason reason) {
        replications.endAll(database, SessionErrors.ended(reason == EndReason.KILLED));
        return CompletableFuture.allOf(
                byProcessId.values().stream()
                        .filter(it -> database.isEmpty() || it.database().equals(database))
                        .map(session -> end(session, reason))
                        .toArray(CompletableFuture<?>[]::new));
    }

    /// Ends with 57P01 all sessions that are not inside.
    public void killIdle(EndReason reason) {
        replications.endAll("", SessionErrors.ended(false));
        for (Session session : byProcessId.values()) {
            session.loop()
                    .execute(
                            () -> {
                                var state = session.state();
                                if (state != SessionState.INSIDE
                                        && state != SessionState.GIVING_UP) {
                                    session.endWith(SessionErrors.ended(false), reason);
                                }
                            });
        }
    }

    /// Carries the idle sessions of a database to the server that serves it now, without waiting
    /// for their next transaction: one after the other, so that those who do have one go first.
    public void carryOver(String database) {
        long delay = CARRY_FIRST_MILLIS;
        for (Session session : byProcessId.values()) {
            if (session.database().equals(database)) {
                session.loop().schedule(session::moveEarly, delay, TimeUnit.MILLISECONDS);
                delay += CARRY_NEXT_MILLIS;
            }
        }
    }

    /// Ends those sessions of a database, none of them inside, that hold what must not change hands
    /// while the gate is closed: they listen for notifications, or their server process is one of
    /// `lockHolders` (it holds advisory locks). Completes with how many were ended.
    public CompletableFuture<Integer> endUncarriable(String database, Set<Integer> lockHolders) {
        var count = CompletableFuture.completedFuture(0);
        for (Session session : byProcessId.values()) {
            if (session.database().equals(database)) {
                count = count.thenCombine(endIfUncarriable(session, lockHolders), Integer::sum);
            }
        }
        return count;
    }

    /// How many clients have not yet taken all that was sent to them.
    public CompletableFuture<Integer> unflushed() {
        var count = CompletableFuture.completedFuture(0);
        for (Session session : byProcessId.values()) {
            var one = new CompletableFuture<Integer>();
            session.loop().execute(() -> one.complete(session.hasUnsent() ? 1 : 0));
            count = count.thenCombine(one, Integer::sum);
        }
        return count;
    }

    /// The replication connections among them.
    public Replications replications() {
        return replications;
    }

    public List<SessionRow> snapshot() {
        return Stream.concat(
                        byProcessId.values().stream().map(Session::row),
                        replications.clients().stream())
                .toList();
    }

    public int count() {
        return byProcessId.size() + replications.count();
    }

    /// Clients of a database.
    public int count(String database) {
        int count = replications.count(database);
        for (Session session : byProcessId.values()) {
            if (session.database().equals(database)) {
                count++;
            }
        }
        return count;
    }

    /// Clients of a database in one state, at about this moment.
    public int count(String database, SessionState state) {
        int count = 0;
        for (Session session : byProcessId.values()) {
            if (session.state() == state && session.database().equals(database)) {
                count++;
            }
        }
        return count;
    }

    /// All of them, at about this moment.
    public Collection<? extends Sweep.Swept> swept() {
        return byProcessId.values();
    }

    Ticker ticker() {
        return ticker;
    }

    /// Clients of a database that keep their server connection in transaction mode, at about this
    /// moment.
    public int pinned(String database) {
        int count = 0;
        for (Session session : byProcessId.values()) {
            if (session.isPinned() && session.database().equals(database)) {
                count++;
            }
        }
        return count;
    }

    boolean logsConnections() {
        return logsConnections.getAsBoolean();
    }

    void add(Session session) {
        byProcessId.put(session.key().processId(), session);
    }

    void remove(Session session) {
        byProcessId.remove(session.key().processId(), session);
    }

    private static CompletableFuture<Void> end(Session session, EndReason reason) {
        var ended = new CompletableFuture<Void>();
        session.loop()
                .execute(
                        () -> {
                            try {
                                session.endWith(
                                        SessionErrors.ended(reason == EndReason.KILLED), reason);
                            } finally {
                                ended.complete(null);
                            }
                        });
        return ended;
    }

    private static CompletableFuture<Integer> endIfUncarriable(
            Session session, Set<Integer> lockHolders) {
        var ended = new CompletableFuture<Integer>();
        session.loop()
                .execute(() -> ended.complete(endedIfUncarriable(session, lockHolders) ? 1 : 0));
        return ended;
    }

    private static boolean endedIfUncarriable(Session session, Set<Integer> lockHolders) {
        var server = session.idleServer();
        if (server.isEmpty()) {
            return false;
        }
        boolean locks = lockHolders.contains(server.get().connection().pid());
        if (!locks && !server.get().listening()) {
            return false;
        }
        String what = locks ? "it holds advisory locks" : "it listens for notifications";
        session.endWith(SessionErrors.notCarried("", what), EndReason.NOT_CARRIED);
        return true;
    }
}
