package dev.pointsman.core.session;

import io.netty.channel.Channel;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;

/// Who a session belongs to and since when it does what: for people who look at it.
final class SessionJournal {
    private static final Logger log = LoggerFactory.getLogger(Session.class);

    private final String database;
    private final String user;
    private final int id;
    private final SocketAddress remote;
    private final SocketAddress local;
    private final String clientAddress;
    private final long beganAt = System.nanoTime();
    private final Instant connectedAt = Instant.now();
    private long requestedAt = beganAt;
    private long transactionAt = beganAt;

    SessionJournal(Channel channel, SessionStart start, String database) {
        this.database = database;
        this.user = start.user();
        this.id = start.key().processId();
        this.remote = channel.remoteAddress();
        this.local = channel.localAddress();
        this.clientAddress =
                remote instanceof InetSocketAddress address
                        ? address.getAddress().getHostAddress() + ":" + address.getPort()
                        : String.valueOf(remote);
    }

    String user() {
        return user;
    }

    String clientAddress() {
        return clientAddress;
    }

    void onRequest() {
        requestedAt = System.nanoTime();
    }

    long sinceRequest() {
        return System.nanoTime() - requestedAt;
    }

    void onTransaction() {
        transactionAt = System.nanoTime();
    }

    Instant transactionSince() {
        return at(transactionAt);
    }

    SessionRow row(
            SessionState state, @Nullable String applicationName, int serverPid, String obstacle) {
        return new SessionRow(
                id,
                database,
                user,
                remote,
                local,
                state,
                applicationName == null ? "" : applicationName,
                serverPid,
                connectedAt,
                at(requestedAt),
                obstacle);
    }

    void logBegin() {
        log.atInfo()
                .addKeyValue("session", id)
                .addKeyValue("database", database)
                .addKeyValue("user", user)
                .addKeyValue("client", clientAddress)
                .log("session begins");
    }

    void logEnd(EndReason reason) {
        log.atInfo()
                .addKeyValue("session", id)
                .addKeyValue("database", database)
                .addKeyValue("user", user)
                .addKeyValue("client", clientAddress)
                .addKeyValue("reason", reason.word())
                .log("session ended");
    }

    private Instant at(long nanos) {
        return connectedAt.plusNanos(nanos - beganAt);
    }
}
