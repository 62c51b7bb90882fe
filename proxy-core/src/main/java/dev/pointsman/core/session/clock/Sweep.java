package dev.pointsman.core.session.clock;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Limits;

import java.util.Collection;
import java.util.function.Supplier;

/// Looks at all sessions, away from event loops: no session has a timer, and no loop spends time on
/// it. Who seems to be beyond a limit is asked on its own loop.
public final class Sweep {
    /// A session as the sweep sees it.
    public interface Swept {
        String database();

        String user();

        /// Whether a limit seems to be exceeded; at about this moment, any thread.
        boolean seemsOverdue(Limits.Times limits);

        /// Ends the session if it is; any thread.
        void endIfOverdue(Limits.Times limits);
    }

    private final Supplier<Config> config;
    private final Supplier<? extends Collection<? extends Swept>> sessions;

    public Sweep(
            Supplier<Config> config, Supplier<? extends Collection<? extends Swept>> sessions) {
        this.config = config;
        this.sessions = sessions;
    }

    /// One look at all sessions with the limits in force.
    public void once() {
        var databases = config.get().databases();
        if (databases.values().stream().noneMatch(database -> database.limits().watch())) {
            return;
        }
        for (var session : sessions.get()) {
            var database = databases.get(session.database());
            if (database != null) {
                var limits = database.limits().of(session.user()).times();
                if (limits.watch() && session.seemsOverdue(limits)) {
                    session.endIfOverdue(limits);
                }
            }
        }
    }
}
