package dev.pointsman.core.listen.count;

import dev.pointsman.core.config.Limits;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.SqlState;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Clients that are logged in, by database and by user. Any thread.
public final class ClientCounts {
    private final Map<String, Integer> databases = new ConcurrentHashMap<>();
    private final Map<String, Integer> users = new ConcurrentHashMap<>();

    /// Counts a client in if the limits have room for it, else says why not. Who is counted in has
    /// to be counted out.
    public Optional<ErrorReport> countIn(String database, String user, Limits limits) {
        int ofDatabase = databases.merge(database, 1, Integer::sum);
        int ofUser = users.merge(user, 1, Integer::sum);
        var clients = limits.of(user).clients();
        int mostOfDatabase = clients.maxDbClientConnections();
        int mostOfUser = clients.maxUserClientConnections();
        if (mostOfDatabase > 0 && ofDatabase > mostOfDatabase) {
            countOut(database, user);
            return Optional.of(
                    full(
                            "too many connections for database \"" + database + "\"",
                            "max_db_client_connections",
                            mostOfDatabase));
        }
        if (mostOfUser > 0 && ofUser > mostOfUser) {
            countOut(database, user);
            return Optional.of(
                    full(
                            "too many connections for user \"" + user + "\"",
                            "max_user_client_connections",
                            mostOfUser));
        }
        return Optional.empty();
    }

    public void countOut(String database, String user) {
        databases.computeIfPresent(database, (_, count) -> count == 1 ? null : count - 1);
        users.computeIfPresent(user, (_, count) -> count == 1 ? null : count - 1);
    }

    private static ErrorReport full(String what, String limit, int most) {
        return ErrorReport.fatal(
                        SqlState.TOO_MANY_CONNECTIONS, "%s (%s is %d)".formatted(what, limit, most))
                .withHint("Close connections that are not used, or raise " + limit + ".");
    }
}
