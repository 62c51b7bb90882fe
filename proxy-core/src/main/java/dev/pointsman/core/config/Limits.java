package dev.pointsman.core.config;

import java.time.Duration;
import java.util.Map;

/// Bounds, under PgBouncer's names where it has one. A duration or a count of zero is no limit.
///
/// @param users the same for those users who have bounds of their own
public record Limits(
        Clients clients,
        Times times,
        Pool pool,
        Servers servers,
        Statements statements,
        Held held,
        Tcp tcp,
        Dns dns,
        Wildcard wildcard,
        Map<String, Limits> users) {

    /// How many clients there may be, and what a login may take.
    ///
    /// @param maxClientConn clients in all; one more is refused with 53300
    /// @param maxDbClientConnections clients of one database
    /// @param maxUserClientConnections clients of one user
    /// @param loginTimeout from accept to the end of the login
    /// @param startupPacketMax bytes of a start-up packet
    public record Clients(
            int maxClientConn,
            int maxDbClientConnections,
            int maxUserClientConnections,
            Duration loginTimeout,
            int startupPacketMax) {}

    /// How long a client may do what.
    ///
    /// @param queryWait wait for a server connection (a hold does not count)
    /// @param query run one statement
    /// @param clientIdle send nothing between transactions
    /// @param idleTransaction send nothing in a transaction
    /// @param transaction run one transaction
    public record Times(
            Duration queryWait,
            Duration query,
            Duration clientIdle,
            Duration idleTransaction,
            Duration transaction) {

        /// Whether a running session has to be looked at.
        public boolean watch() {
            return !query.isZero()
                    || !clientIdle.isZero()
                    || !idleTransaction.isZero()
                    || !transaction.isZero();
        }
    }

    /// How many server connections there may be.
    ///
    /// @param defaultSize per server, database and user, where neither of them says otherwise
    /// @param ofUser the same for one user, over what its databases say; zero: nothing said
    /// @param min kept open ahead of use
    /// @param reserve more of them for those who have waited for `reserveTimeout`
    /// @param maxDb per server and database, over all users
    /// @param maxUser per user, over all databases
    public record Pool(
            int defaultSize,
            int ofUser,
            int min,
            int reserve,
            Duration reserveTimeout,
            int maxDb,
            int maxUser) {}

    /// How server connections are opened, and for how long they are kept.
    ///
    /// @param connectTimeout from connect to the server's first ReadyForQuery
    /// @param idleTimeout after which an idle one is closed
    /// @param lifetime after which one is closed when it comes back
    /// @param loginRetry the longest time between two attempts at a server that refuses
    /// @param cancelWait how long a cancel request may take; zero: no limit
    public record Servers(
            Duration connectTimeout,
            Duration idleTimeout,
            Duration lifetime,
            Duration loginRetry,
            Duration cancelWait) {}

    /// How many prepared statements are kept in transaction mode.
    ///
    /// @param perServer on one server connection; beyond, the least recently used goes
    /// @param perClient of one client; one more is refused with 53200
    /// @param bytesPerClient of their texts; beyond, one more is refused with 53200
    public record Statements(int perServer, int perClient, long bytesPerClient) {}

    /// What is kept of held clients.
    ///
    /// @param perClient bytes of one; beyond, its socket is not read
    /// @param total bytes of all together; beyond, no held socket is read
    public record Held(long perClient, long total) {}

    /// The sockets' own ways of noticing that the other end is gone. Zero: as the system has it.
    ///
    /// @param idle of silence before the first probe
    /// @param interval between two probes
    /// @param count of probes without an answer
    /// @param userTimeout how long what was sent may stay unacknowledged
    public record Tcp(
            boolean keepAlive, Duration idle, Duration interval, int count, Duration userTimeout) {}

    /// For how long host names' addresses are remembered. Zero: not at all.
    ///
    /// @param nxdomainTtl the same for names that nobody knows
    public record Dns(Duration maxTtl, Duration nxdomainTtl) {}

    /// How many databases may be there that no file names.
    ///
    /// @param databases one more is refused with 53300
    public record Wildcard(int databases) {}

    public Limits {
        users = Map.copyOf(users);
    }

    /// What holds where a file says nothing.
    public static Limits defaults() {
        return new Limits(
                new Clients(10_000, 0, 0, Duration.ofSeconds(60), 10_000),
                new Times(
                        Duration.ofSeconds(120),
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ZERO,
                        Duration.ZERO),
                new Pool(20, 0, 0, 0, Duration.ofSeconds(5), 0, 0),
                new Servers(
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(600),
                        Duration.ofHours(1),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(10)),
                new Statements(200, 5_000, 16L << 20),
                new Held(1L << 20, 256L << 20),
                new Tcp(true, Duration.ZERO, Duration.ZERO, 0, Duration.ZERO),
                new Dns(Duration.ofSeconds(15), Duration.ofSeconds(15)),
                new Wildcard(100),
                Map.of());
    }

    /// Those of one user: its own over these.
    public Limits of(String user) {
        return users.getOrDefault(user, this);
    }

    /// Whether the running sessions of anybody have to be looked at.
    public boolean watch() {
        return times.watch() || users.values().stream().anyMatch(own -> own.times().watch());
    }

    public Limits withUsers(Map<String, Limits> own) {
        return new Limits(clients, times, pool, servers, statements, held, tcp, dns, wildcard, own);
    }

    public Limits with(Clients other) {
        return new Limits(other, times, pool, servers, statements, held, tcp, dns, wildcard, users);
    }

    public Limits with(Times other) {
        return new Limits(
                clients, other, pool, servers, statements, held, tcp, dns, wildcard, users);
    }

    public Limits with(Pool other) {
        return new Limits(
                clients, times, other, servers, statements, held, tcp, dns, wildcard, users);
    }

    public Limits with(Servers other) {
        return new Limits(clients, times, pool, other, statements, held, tcp, dns, wildcard, users);
    }

    public Limits with(Statements other) {
        return new Limits(clients, times, pool, servers, other, held, tcp, dns, wildcard, users);
    }

    public Limits with(Held other) {
        return new Limits(
                clients, times, pool, servers, statements, other, tcp, dns, wildcard, users);
    }

    // The names that are asked for most

    public int maxClientConn() {
        return clients.maxClientConn();
    }

    public Duration clientLoginTimeout() {
        return clients.loginTimeout();
    }

    public int startupPacketMax() {
        return clients.startupPacketMax();
    }

    public Duration queryWaitTimeout() {
        return times.queryWait();
    }

    public Duration serverConnectTimeout() {
        return servers.connectTimeout();
    }

    public Duration serverIdleTimeout() {
        return servers.idleTimeout();
    }

    public Duration serverLifetime() {
        return servers.lifetime();
    }

    public long heldBytesPerClient() {
        return held.perClient();
    }

    public long heldBytesTotal() {
        return held.total();
    }
}
