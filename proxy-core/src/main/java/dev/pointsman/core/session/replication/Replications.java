package dev.pointsman.core.session.replication;

import dev.pointsman.core.pool.Route;
import dev.pointsman.core.pool.row.ServerRow;
import dev.pointsman.core.session.SessionRow;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.SqlState;
import dev.pointsman.core.wire.message.CancelKey;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/// All replication connections of one proxy. Any thread.
public final class Replications {
    private final Map<Integer, Replication> byProcessId = new ConcurrentHashMap<>();

    void add(Replication replication) {
        byProcessId.put(replication.key().processId(), replication);
    }

    void remove(Replication replication) {
        byProcessId.remove(replication.key().processId(), replication);
    }

    /// Cancels what runs there; empty when the key is of none.
    public CompletableFuture<Void> cancel(CancelKey key) {
        var found = byProcessId.get(key.processId());
        if (found == null || !found.key().equals(key)) {
            return CompletableFuture.completedFuture(null);
        }
        var done = new CompletableFuture<Void>();
        found.loop().execute(() -> found.cancel(done));
        return done;
    }

    /// Ends one with `lastWords`; false when there is none of that id.
    public boolean end(long id, ErrorReport lastWords) {
        for (var one : byProcessId.values()) {
            if (one.key().processId() == id) {
                one.endLater(lastWords);
                return true;
            }
        }
        return false;
    }

    /// Ends those of a database, of all databases when empty.
    public void endAll(String database, ErrorReport lastWords) {
        for (var one : byProcessId.values()) {
            if (database.isEmpty() || one.start().route().database().equals(database)) {
                one.endLater(lastWords);
            }
        }
    }

    /// Ends those whose server does not serve the database any more.
    public void onSwap(Route route) {
        for (var one : byProcessId.values()) {
            Route its = one.start().route();
            if (its.database().equals(route.database()) && !its.server().equals(route.server())) {
                one.endLater(moved(its, route));
            }
        }
    }

    /// What a replication connection to `left` is told when another server serves.
    public static ErrorReport moved(Route left, Route now) {
        return ErrorReport.fatal(
                        SqlState.ADMIN_SHUTDOWN,
                        "the database moved to server "
                                + now.server()
                                + ", and replication from server "
                                + left.server()
                                + " cannot be carried there")
                .withDetail("Positions in the log and replication slots belong to one server.")
                .withHint("Begin anew from server " + now.server() + ": connect again.");
    }

    /// What a login is told while no connection may be opened to the server.
    public static ErrorReport notNow() {
        return ErrorReport.fatal(
                        SqlState.CANNOT_CONNECT_NOW,
                        "no replication connection can be opened while the database is held")
                .withHint("Connect again in a moment.");
    }

    public List<SessionRow> clients() {
        return byProcessId.values().stream().map(Replication::row).toList();
    }

    /// The server connection of one; `kind` is `logical` or `physical`.
    public record Served(ServerRow server, String kind) {}

    public List<Served> servers() {
        return byProcessId.values().stream()
                .map(one -> new Served(one.serverRow(), one.start().kind()))
                .toList();
    }

    public int count() {
        return byProcessId.size();
    }

    public int count(String database) {
        return (int)
                byProcessId.values().stream()
                        .filter(one -> one.start().route().database().equals(database))
                        .count();
    }
}
