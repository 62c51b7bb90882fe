package dev.pointsman.core.server;

import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

/// Makes one connection fit for the next session.
final class Reset {
    private static final String NOTHING = "";
    private static final String DISCARD = "DISCARD ALL";

    private final ServerConnection connection;
    private final Promise<Boolean> done;

    Reset(ServerConnection connection) {
        this.connection = connection;
        this.done = connection.channel().eventLoop().newPromise();
    }

    Future<Boolean> run(boolean discard) {
        connection.cancelEnded().addListener(_ -> afterCancel(discard));
        return done;
    }

    private void afterCancel(boolean discard) {
        if (connection.cancelOverdue()) {
            end(false);
            return;
        }
        if (!connection.wasCancelled()) {
            afterEmptyQuery(discard);
            return;
        }
        // The answer may be an empty query's, or a cancellation's that came late: both are the end.
        connection
                .ask(NOTHING)
                .addListener(
                        (Future<Answer> answer) -> {
                            if (answer.isSuccess()) {
                                afterEmptyQuery(discard);
                            } else {
                                end(false);
                            }
                        });
    }

    private void afterEmptyQuery(boolean discard) {
        if (!discard) {
            end(true);
            return;
        }
        connection
                .ask(DISCARD)
                .addListener(
                        (Future<Answer> answer) ->
                                end(answer.isSuccess() && answer.getNow().clean()));
    }

    private void end(boolean fit) {
        if (fit) {
            connection.clean();
        } else {
            connection.close();
        }
        done.setSuccess(fit);
    }
}
