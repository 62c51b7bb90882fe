package dev.pointsman.core.cluster.backend;

import dev.pointsman.core.cluster.Cluster;
import dev.pointsman.core.cluster.Sql;

import java.io.Serial;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// A server has not answered within the time that it was given. Why, only it can say: that takes
/// time, and is asked for by [#explanation] when nobody waits for the answer.
public final class Unconfirmed extends SQLException {
    @Serial private static final long serialVersionUID = 1;

    /// The server may be silent altogether.
    private static final long ANSWER_MILLIS = 500;

    private static final int SOCKET_MILLIS = 2_000;

    /// Of this instance's, by whatever connection.
    private static final String WAITING =
            """
            SELECT current_setting('synchronous_standby_names') FROM pg_stat_activity
             WHERE wait_event = 'SyncRep'
               AND starts_with(application_name, current_setting('application_name')) LIMIT 1\
            """;

    private final transient Supplier<List<String>> awaited;
    private final String server;

    /// @param awaited asks the server for what its `synchronous_standby_names` says, if a commit of
    ///   ours waits for one of them
    public Unconfirmed(String server, SQLException cause, Supplier<List<String>> awaited) {
        super(
                "server %s did not answer within the limit; what it was told may still take effect there"
                        .formatted(server),
                cause.getSQLState(),
                cause);
        this.server = server;
        this.awaited = awaited;
    }

    /// `cause`, or what it means when nothing but an answer was missing.
    public static SQLException of(Cluster on, SQLException cause) {
        return isSilence(cause)
                ? new Unconfirmed(on.name(), cause, () -> awaited(on, cause))
                : cause;
    }

    /// What [#explained] says, where that is what went wrong.
    public static Optional<String> explanation(Exception why) {
        return why instanceof Unconfirmed silence
                ? Optional.of(silence.explained())
                : Optional.empty();
    }

    /// Why there was no answer. Asks the server, for half a second at most. A commit that waits for
    /// a synchronous standby is ended by no time limit of the server's: it is on disk there, and
    /// goes on waiting behind our back.
    private String explained() {
        for (var names : awaited.get()) {
            return "server %s has written a commit of ours, but no synchronous standby has confirmed it within the limit (synchronous_standby_names = %s), so that nobody knows yet whether it counts: bring that standby back, or change synchronous_standby_names on %s and reload it"
                    .formatted(server, Sql.literal(names), server);
        }
        return String.valueOf(getMessage());
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
