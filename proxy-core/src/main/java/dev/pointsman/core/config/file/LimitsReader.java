package dev.pointsman.core.config.file;

import dev.pointsman.core.config.Limits;
import dev.pointsman.core.config.Limits.Clients;
import dev.pointsman.core.config.Limits.Dns;
import dev.pointsman.core.config.Limits.Held;
import dev.pointsman.core.config.Limits.Pool;
import dev.pointsman.core.config.Limits.Servers;
import dev.pointsman.core.config.Limits.Statements;
import dev.pointsman.core.config.Limits.Tcp;
import dev.pointsman.core.config.Limits.Times;
import dev.pointsman.core.config.Limits.Wildcard;
import dev.pointsman.core.config.key.Key;
import dev.pointsman.core.config.key.LimitKey;
import dev.pointsman.core.config.key.LimitKey.Scope;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// The limits of a file: for all, with those of a database over them, with those of users over
/// both.
final class LimitsReader {
    private final Map<String, Section> users = new LinkedHashMap<>();
    private final Limits global;

    LimitsReader(Section root) {
        var named = root.section(Key.USERS);
        named.named()
                .forEach(
                        (user, node) -> {
                            if (!SecretReader.isBare(node)
                                    && named.named(user).has(Key.USER_LIMITS)) {
                                users.put(user, named.named(user).section(Key.USER_LIMITS));
                            }
                        });
        global = withUsers(new At(root.section(Key.LIMITS), Scope.GLOBAL).over(Limits.defaults()));
    }

    Limits global() {
        return global;
    }

    /// Those of a database, from its own section.
    Limits of(Section section) {
        return withUsers(new At(section, Scope.DATABASE).over(global));
    }

    private Limits withUsers(Limits limits) {
        var own = new LinkedHashMap<String, Limits>();
        users.forEach(
                (user, section) ->
                        own.put(
                                user,
                                new At(section, Scope.USER).over(limits.withUsers(Map.of()))));
        return limits.withUsers(own);
    }

    /// One section of limits; what it says nothing about is as in the wider one.
    private record At(Section section, Scope scope) {
        Limits over(Limits wider) {
            return new Limits(
                    clients(wider.clients()),
                    times(wider.times()),
                    pool(wider.pool()),
                    servers(wider.servers()),
                    statements(wider.statements()),
                    new Held(
                            size(LimitKey.HELD_BYTES_PER_CLIENT, wider.held().perClient()),
                            size(LimitKey.HELD_BYTES_TOTAL, wider.held().total())),
                    tcp(wider.tcp()),
                    new Dns(
                            time(LimitKey.DNS_MAX_TTL, wider.dns().maxTtl()),
                            time(LimitKey.DNS_NXDOMAIN_TTL, wider.dns().nxdomainTtl())),
                    new Wildcard(
                            number(
                                    LimitKey.MAX_WILDCARD_DATABASES,
                                    1,
                                    wider.wildcard().databases())),
                    wider.users());
        }

        private Clients clients(Clients wider) {
            return new Clients(
                    number(LimitKey.MAX_CLIENT_CONN, 1, wider.maxClientConn()),
                    number(LimitKey.MAX_DB_CLIENT_CONNECTIONS, 0, wider.maxDbClientConnections()),
                    number(
                            LimitKey.MAX_USER_CLIENT_CONNECTIONS,
                            0,
                            wider.maxUserClientConnections()),
                    time(LimitKey.CLIENT_LOGIN_TIMEOUT, wider.loginTimeout()),
                    (int)
                            Math.min(
                                    Integer.MAX_VALUE,
                                    size(LimitKey.STARTUP_PACKET_MAX, wider.startupPacketMax())));
        }

        private Times times(Times wider) {
            return new Times(
                    time(LimitKey.QUERY_WAIT_TIMEOUT, wider.queryWait()),
                    time(LimitKey.QUERY_TIMEOUT, wider.query()),
                    time(LimitKey.CLIENT_IDLE_TIMEOUT, wider.clientIdle()),
                    time(LimitKey.IDLE_TRANSACTION_TIMEOUT, wider.idleTransaction()),
                    time(LimitKey.TRANSACTION_TIMEOUT, wider.transaction()));
        }

        private Pool pool(Pool wider) {
            return new Pool(
                    number(LimitKey.DEFAULT_POOL_SIZE, 1, wider.defaultSize()),
                    number(LimitKey.POOL_SIZE, 1, wider.ofUser()),
                    number(LimitKey.MIN_POOL_SIZE, 0, wider.min()),
                    number(LimitKey.RESERVE_POOL_SIZE, 0, wider.reserve()),
                    time(LimitKey.RESERVE_POOL_TIMEOUT, wider.reserveTimeout()),
                    number(LimitKey.MAX_DB_CONNECTIONS, 0, wider.maxDb()),
                    number(LimitKey.MAX_USER_CONNECTIONS, 0, wider.maxUser()));
        }

        private Servers servers(Servers wider) {
            return new Servers(
                    time(LimitKey.SERVER_CONNECT_TIMEOUT, wider.connectTimeout()),
                    time(LimitKey.SERVER_IDLE_TIMEOUT, wider.idleTimeout()),
                    time(LimitKey.SERVER_LIFETIME, wider.lifetime()),
                    time(LimitKey.SERVER_LOGIN_RETRY, wider.loginRetry()),
                    time(LimitKey.CANCEL_WAIT_TIMEOUT, wider.cancelWait()));
        }

        private Statements statements(Statements wider) {
            int perServer = number(LimitKey.MAX_PREPARED_STATEMENTS, 0, wider.perServer());
            if (perServer == 0) {
                section.problem(
                        LimitKey.MAX_PREPARED_STATEMENTS.at(scope),
                        "0 would leave prepared statements behind on server connections that the"
                                + " client loses, which is not done here",
                        "write 1 or more; clients that send none cost nothing");
            }
            return new Statements(
                    perServer,
                    number(LimitKey.MAX_CLIENT_PREPARED_STATEMENTS, 1, wider.perClient()),
                    size(LimitKey.PREPARED_BYTES_PER_CLIENT, wider.bytesPerClient()));
        }

        private Tcp tcp(Tcp wider) {
            return new Tcp(
                    knows(LimitKey.TCP_KEEPALIVE)
                            ? section.flag(LimitKey.TCP_KEEPALIVE.at(scope))
                            : wider.keepAlive(),
                    time(LimitKey.TCP_KEEPIDLE, wider.idle()),
                    time(LimitKey.TCP_KEEPINTVL, wider.interval()),
                    number(LimitKey.TCP_KEEPCNT, 0, wider.count()),
                    time(LimitKey.TCP_USER_TIMEOUT, wider.userTimeout()));
        }

        private int number(LimitKey limit, int least, int wider) {
            return knows(limit) ? section.number(limit.at(scope), least, wider) : wider;
        }

        private Duration time(LimitKey limit, Duration wider) {
            return knows(limit) ? section.duration(limit.at(scope), wider) : wider;
        }

        private long size(LimitKey limit, long wider) {
            return knows(limit) ? section.size(limit.at(scope), wider) : wider;
        }

        /// Whether the limit has a place here.
        private boolean knows(LimitKey limit) {
            return LimitKey.in(scope).anyMatch(limit::equals);
        }
    }
}
