package dev.pointsman.core.session.relay;

import dev.pointsman.core.gate.Gated;
import dev.pointsman.core.gate.LoopGate;
import dev.pointsman.core.server.ServerConnection;

import io.netty.channel.EventLoop;

/// How a session comes to be no longer inside its gate: the server said that nothing runs, or was
/// seen without the process that the session had there. On the gate's event loop.
public record Exit(String database, LoopGate gate, Backends backends) {

    /// Who can tell whether a server's process still runs that we have no connection to any more.
    @FunctionalInterface
    public interface Backends {
        /// Takes it that such a process is gone.
        Backends UNASKED = (_, _, _, gone) -> gone.run();

        /// Runs `gone` once the server was seen without that process, on any thread. Returns at
        /// once.
        void awaitGone(String database, String server, int pid, Runnable gone);
    }

    /// The server said so.
    void leave(Gated session) {
        gate.leave(session);
    }

    /// The connection was lost: the server's process may not have noticed, and what was sent may
    /// still commit. `left` is run as the session leaves.
    public void afterLoss(Gated session, ServerConnection lost, Runnable left) {
        EventLoop loop = lost.channel().eventLoop();
        backends.awaitGone(
                database,
                lost.login().server().name(),
                lost.pid(),
                () -> {
                    if (loop.inEventLoop()) {
                        leave(session, left);
                    } else if (!loop.isShuttingDown()) {
                        loop.execute(() -> leave(session, left));
                    }
                });
    }

    private void leave(Gated session, Runnable left) {
        left.run();
        gate.leave(session);
    }
}
