package dev.pointsman.core.cluster.backend;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;

import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Says why a server has not answered within the time that it was given. A commit that waits for a
/// synchronous standby is ended by no time limit of the server's: it is on disk there, and goes on
/// waiting behind our back.
public final class Unconfirmed {
    /// Clients may be held while we ask, and the server may be silent altogether.
    private static final long ANSWER_MILLIS = 500;

    private static final int SOCKET_MILLIS = 2_000;

    /// Of this instance's, by whatever connection.
    private static final String WAITING =
            """
            SELECT current_setting('synchronous_standby_names') FROM pg_stat_activity
             WHERE wait_event = 'SyncRep'
               AND starts_with(application_name, current_setting('application_name')) LIMIT 1\
            """;

    private Unconfirmed() {}

    /// `cause`, or what it means when nothing but an answer was missing. Asks the server, for half
    /// a second at most.
    public static SQLException explained(Cluster on, SQLException cause) {
        if (!isSilence(cause)) {
            return cause;
        }
        return new SQLException(words(on, cause), cause.getSQLState(), cause);
    }

    private static String words(Cluster on, SQLException cause) {
        for (var names : awaited(on, cause)) {
            return "server %s has written a commit of ours, but no synchronous standby has confirmed it within the limit (synchronous_standby_names = %s), so that nobody knows yet whether it counts: bring that standby back, or change synchronous_standby_names on %s and reload it"
                    .formatted(on.name(), Sql.literal(names), on.name());
        }
        return "server %s did not answer within the limit; what it was told may still take effect there"
                .formatted(on.name());
    }

    private static List<String> awaited(Cluster on, SQLException cause) {
        var asked =
                new FutureTask<>(
                        () ->
                                on.call(
                                        connection -> {
                                            connection.setNetworkTimeout(
                                                    Runnable::run, SOCKET_MILLIS);
                                            return Sql.texts(connection, WAITING);
                                        }));
        Thread.ofVirtual().name("why " + on.name() + " is silent").start(asked);
        try {
            return asked.get(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            cause.addSuppressed(e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return List.of();
    }

    private static boolean isSilence(SQLException cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof SocketTimeoutException) {
                return true;
            }
        }
        return false;
    }
}
