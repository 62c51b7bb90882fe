package dev.pointsman.core.session;

import dev.pointsman.core.channel.Ends;
import dev.pointsman.core.session.clock.SessionTimes;
import dev.pointsman.core.tls.Secured;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Ticker;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

/// Who a session belongs to and since when it does what: for people who look at it.
final class SessionJournal {
    private static final Logger log = LoggerFactory.getLogger(Session.class);

    private final String database;
    private final String user;
    private final int id;
    private final Channel channel;
    private final SocketAddress remote;
    private final SocketAddress local;
    private final String clientAddress;
    private final SessionTimes times;

    SessionJournal(Channel channel, SessionStart start, String database, Ticker ticker) {
        this.times = new SessionTimes(ticker);
        this.database = database;
        this.user = start.user();
        this.id = start.key().processId();
        this.channel = channel;
        this.remote = Ends.remote(channel);
        this.local = Ends.local(channel);
        this.clientAddress =
                remote instanceof InetSocketAddress address
                        ? address.getAddress().getHostAddress() + ":" + address.getPort()
                        : Ends.isLocal(remote) ? "unix" : String.valueOf(remote);
    }

    String user() {
        return user;
    }

    String clientAddress() {
        return clientAddress;
    }

    SessionTimes times() {
        return times;
    }

    SessionRow row(
            SessionState state,
            @Nullable String applicationName,
            int serverPid,
            SessionRow.Ties ties) {
        return new SessionRow(
                id,
                database,
                user,
                remote,
                local,
                state,
                applicationName == null ? "" : applicationName,
                serverPid,
                times.connectedAt(),
                times.requestedAt(),
                ties,
                Secured.inWords(channel));
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
}
