package dev.pointsman.core.listen.login;

import dev.pointsman.core.wire.ErrorReport;

import io.netty.channel.EventLoop;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Where logins wait that have to ask a server while none may be asked: during a hold, and from the
/// moment on when a source is sealed.
final class Doorstep {
    private static final long LOOK_AGAIN_MILLIS = 50;

    private final Servers servers;

    Doorstep(Servers servers) {
        this.servers = servers;
    }

    /// Completes on the loop: empty once servers may be asked, or why not when the time is over.
    ///
    /// @param limit zero for none
    CompletableFuture<Optional<ErrorReport>> open(String database, EventLoop loop, Duration limit) {
        CompletableFuture<Optional<ErrorReport>> open = new CompletableFuture<>();
        loop.execute(() -> look(database, loop, limit.toMillis(), 0, open));
        return open;
    }

    private void look(
            String database,
            EventLoop loop,
            long limit,
            long waited,
            CompletableFuture<Optional<ErrorReport>> open) {
        Optional<ErrorReport> why = servers.shut(database, loop);
        if (why.isEmpty() || (limit > 0 && waited >= limit)) {
            open.complete(why);
        } else {
            loop.schedule(
                    () -> look(database, loop, limit, waited + LOOK_AGAIN_MILLIS, open),
                    LOOK_AGAIN_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
    }
}
