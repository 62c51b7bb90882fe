package dev.pointsman.core.config.key;

import static dev.pointsman.core.config.key.LimitKey.Scope.DATABASE;
import static dev.pointsman.core.config.key.LimitKey.Scope.GLOBAL;
import static dev.pointsman.core.config.key.LimitKey.Scope.USER;

import dev.pointsman.core.config.Limits;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/// Every limit, under PgBouncer's name where it has one, with the places where it may be given: for
/// all, for one database, for one user. What a user's says goes over what a database's says, and
/// that over what is said for all.
public enum LimitKey {
    MAX_CLIENT_CONN(
            "number",
            "10000",
            "Clients in all; one more is refused with 53300.",
            Limits::maxClientConn),
    MAX_DB_CLIENT_CONNECTIONS(
            "number",
            "0",
            "Clients of one database; one more is refused with 53300.",
            limits -> limits.clients().maxDbClientConnections(),
            DATABASE),
    MAX_USER_CLIENT_CONNECTIONS(
            "number",
            "0",
            "Clients of one user; one more is refused with 53300.",
            limits -> limits.clients().maxUserClientConnections(),
            USER),
    CLIENT_LOGIN_TIMEOUT(
            "duration", "60s", "From accept to the end of the login.", Limits::clientLoginTimeout),
    STARTUP_PACKET_MAX("size", "10000", "Longest start-up packet.", Limits::startupPacketMax),
    QUERY_WAIT_TIMEOUT(
            "duration",
            "120s",
            "How long a client waits for a server connection; a hold does not count.",
            Limits::queryWaitTimeout,
            DATABASE,
            USER),
    QUERY_TIMEOUT(
            "duration",
            "0",
            "How long a statement runs; then it is cancelled and the client's session ended with"
                    + " 57014.",
            limits -> limits.times().query(),
            DATABASE,
            USER),
    CLIENT_IDLE_TIMEOUT(
            "duration",
            "0",
            "How long a client sends nothing between transactions; then its session ends with"
                    + " 57P05.",
            limits -> limits.times().clientIdle(),
            DATABASE,
            USER),
    IDLE_TRANSACTION_TIMEOUT(
            "duration",
            "0",
            "How long a client sends nothing in a transaction; then that is rolled back and its"
                    + " session ends with 25P03.",
            limits -> limits.times().idleTransaction(),
            DATABASE,
            USER),
    TRANSACTION_TIMEOUT(
            "duration",
            "0",
            "How long a transaction takes; then it is rolled back and the client's session ends"
                    + " with 25P04.",
            limits -> limits.times().transaction(),
            DATABASE,
            USER),
    DEFAULT_POOL_SIZE(
            "number",
            "20",
            "Server connections per server, database and user, where `pool.size` says nothing.",
            limits -> limits.pool().defaultSize()),
    POOL_SIZE(
            "number",
            "(the database's)",
            "Server connections per server and database of this user.",
            limits -> limits.pool().ofUser(),
            USER),
    MIN_POOL_SIZE(
            "number",
            "0",
            "Server connections per server, database and user that are kept open once a client has"
                    + " come.",
            limits -> limits.pool().min(),
            DATABASE),
    RESERVE_POOL_SIZE(
            "number",
            "0",
            "Server connections beyond the pool's size for clients that have waited for"
                    + " `reserve_pool_timeout`.",
            limits -> limits.pool().reserve(),
            DATABASE,
            USER),
    RESERVE_POOL_TIMEOUT(
            "duration",
            "5s",
            "How long a client waits before the reserve is used.",
            limits -> limits.pool().reserveTimeout()),
    MAX_DB_CONNECTIONS(
            "number",
            "0",
            "Server connections per server and database, over all users.",
            limits -> limits.pool().maxDb(),
            DATABASE),
    MAX_USER_CONNECTIONS(
            "number",
            "0",
            "Server connections per user, over all databases, to the servers that serve.",
            limits -> limits.pool().maxUser(),
            USER),
    SERVER_CONNECT_TIMEOUT(
            "duration",
            "15s",
            "From connecting to a server to the end of the login there; for each of its addresses"
                    + " anew.",
            Limits::serverConnectTimeout,
            DATABASE),
    SERVER_IDLE_TIMEOUT(
            "duration",
            "600s",
            "After which an idle server connection is closed.",
            Limits::serverIdleTimeout,
            DATABASE),
    SERVER_LIFETIME(
            "duration",
            "1h",
            "After which a server connection is closed when it comes back.",
            Limits::serverLifetime,
            DATABASE),
    SERVER_LOGIN_RETRY(
            "duration",
            "1s",
            "The longest pause between two attempts at a server that cannot be reached or refuses;"
                    + " the first pauses are shorter. Clients are told the last error meanwhile.",
            limits -> limits.servers().loginRetry(),
            DATABASE),
    CANCEL_WAIT_TIMEOUT(
            "duration",
            "10s",
            "How long a cancel request may take; after that its client is sent away, and what was"
                    + " not sent to the server is not sent any more.",
            limits -> limits.servers().cancelWait(),
            DATABASE),
    MAX_PREPARED_STATEMENTS(
            "number",
            "200",
            "Prepared statements on one server connection in transaction mode; beyond, the least"
                    + " recently used goes, and is prepared again when it is used. At least 1:"
                    + " statements always follow their clients.",
            limits -> limits.statements().perServer(),
            DATABASE),
    MAX_CLIENT_PREPARED_STATEMENTS(
            "number",
            "5000",
            "Prepared statements of one client in transaction mode; one more is refused with"
                    + " 53200.",
            limits -> limits.statements().perClient(),
            DATABASE),
    PREPARED_BYTES_PER_CLIENT(
            "size",
            "16MiB",
            "Kept of their texts for one client; beyond, one more is refused with 53200.",
            limits -> limits.statements().bytesPerClient(),
            DATABASE),
    HELD_BYTES_PER_CLIENT(
            "size",
            "1MiB",
            "Kept of one held client; beyond, its socket is not read.",
            Limits::heldBytesPerClient,
            DATABASE),
    HELD_BYTES_TOTAL(
            "size",
            "256MiB",
            "Kept of all held clients together; beyond, no held client's socket is read.",
            Limits::heldBytesTotal),
    TCP_KEEPALIVE(
            "on | off",
            "on",
            "Whether sockets probe an end that is silent, on both sides.",
            limits -> limits.tcp().keepAlive()),
    TCP_KEEPIDLE(
            "duration",
            "0",
            "Silence before the first probe; 0: as the system has it.",
            limits -> limits.tcp().idle()),
    TCP_KEEPINTVL(
            "duration",
            "0",
            "Between two probes; 0: as the system has it.",
            limits -> limits.tcp().interval()),
    TCP_KEEPCNT(
            "number",
            "0",
            "Probes without an answer; 0: as the system has it.",
            limits -> limits.tcp().count()),
    TCP_USER_TIMEOUT(
            "duration",
            "0",
            "How long what was sent may stay unacknowledged; 0: as the system has it. Not with the"
                    + " NIO transport.",
            limits -> limits.tcp().userTimeout()),
    DNS_MAX_TTL(
            "duration",
            "15s",
            "How long the addresses of a server's host name are remembered; 0: it is looked up for"
                    + " each connection.",
            limits -> limits.dns().maxTtl()),
    DNS_NXDOMAIN_TTL(
            "duration",
            "15s",
            "How long it is remembered that a host name cannot be resolved; 0: not at all.",
            limits -> limits.dns().nxdomainTtl()),
    MAX_WILDCARD_DATABASES(
            "number",
            "100",
            "Databases that the wildcard `*` opens between two restarts; one more is refused with"
                    + " 53300.",
            limits -> limits.wildcard().databases());

    /// Where a limit may be given.
    public enum Scope {
        GLOBAL(Key.LIMITS, ""),
        DATABASE(DatabaseKey.DATABASE_LIMITS, "(the global one)"),
        USER(Key.USER_LIMITS, "(the database's)");

        private final String section;
        private final String fallback;

        Scope(Setting section, String fallback) {
            this.section = section.path();
            this.fallback = fallback;
        }
    }

    /// A limit at one of its places.
    public record Scoped(LimitKey limit, Scope scope) implements Setting {
        @Override
        public String path() {
            return scope.section + "." + limit.word();
        }

        @Override
        public String type() {
            return limit.type;
        }

        @Override
        public String fallback() {
            return scope == GLOBAL ? limit.fallback : scope.fallback;
        }

        @Override
        public String about() {
            return scope == GLOBAL || !limit.scopes.contains(GLOBAL)
                    ? limit.about
                    : "As the global one.";
        }
    }

    private final String type;
    private final String fallback;
    private final String about;

    @SuppressWarnings("ImmutableEnumChecker") // accessors of a record
    private final Function<Limits, Object> value;

    @SuppressWarnings("ImmutableEnumChecker") // unmodifiable
    private final Set<Scope> scopes;

    LimitKey(
            String type,
            String fallback,
            String about,
            Function<Limits, Object> value,
            Scope... narrower) {
        this.type = type;
        this.fallback = fallback;
        this.about = about;
        this.value = value;
        var scopes = EnumSet.noneOf(Scope.class);
        scopes.addAll(Arrays.asList(narrower));
        if (!fallback.startsWith("(")) {
            scopes.add(GLOBAL);
        }
        this.scopes = Collections.unmodifiableSet(scopes);
    }

    /// As a file spells it.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// What `limits` say about it.
    public Object of(Limits limits) {
        return value.apply(limits);
    }

    public Setting at(Scope scope) {
        return new Scoped(this, scope);
    }

    /// The limits that may be given in one place.
    public static Stream<LimitKey> in(Scope scope) {
        return Arrays.stream(values()).filter(limit -> limit.scopes.contains(scope));
    }

    /// The settings below a section of limits; none below any other.
    static Stream<Setting> below(Setting section) {
        return Arrays.stream(Scope.values())
                .filter(scope -> scope.section.equals(section.path()))
                .flatMap(scope -> in(scope).map(limit -> limit.at(scope)));
    }
}
