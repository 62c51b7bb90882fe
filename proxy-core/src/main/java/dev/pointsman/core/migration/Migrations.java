package dev.pointsman.core.migration;

import dev.pointsman.core.cluster.Clusters;
import dev.pointsman.core.wire.Refused;

import java.util.List;
import java.util.Set;

/// All migrations of this proxy: CHECK, MIGRATE and what SHOW MIGRATION shows. What there is, is
/// read from the servers each time, so a restart changes nothing. Virtual threads; every call
/// blocks.
@SuppressWarnings("DoNotCallSuggester")
public final class Migrations implements AutoCloseable {
    private final Clusters clusters;
    private final Serving serving;

    public Migrations(Clusters clusters, Serving serving) {
        this.clusters = clusters;
        this.serving = serving;
    }

    /// The preflight for moving `database` from the server that serves it to `target`.
    public List<Check> check(String database, String target) throws Refused {
        throw notYet();
    }

    /// What [#start] would do, as SQL and commands, in order.
    public List<String> plan(String database, String target) throws Refused {
        throw notYet();
    }

    /// Begins; returns once the preflight let it, and goes on by itself.
    ///
    /// @param accepted ids of checks that may fail
    public void start(String database, String target, Set<String> accepted) throws Refused {
        throw notYet();
    }

    /// Undoes a migration that has not switched; leaves nothing of ours on either server.
    public void abort(String database) throws Refused {
        throw notYet();
    }

    /// Ends a migration where it stands: no way back afterwards. Says what is left to do by hand.
    public List<String> complete(String database) throws Refused {
        throw notYet();
    }

    public MigrationStatus status(String database) {
        return MigrationStatus.none(database);
    }

    public List<TableStatus> tables(String database) {
        return List.of();
    }

    /// At start: goes on with what the servers say was under way.
    public void resume() {
        throw notYet();
    }

    /// Stops the job that advances idle slots; returns once its last call was answered. A cutover
    /// calls it before its hold.
    public void stopAdvancing(String database) {
        throw notYet();
    }

    /// Lets the job go on, with no memory of positions read before.
    public void resumeAdvancing(String database) {
        throw notYet();
    }

    private UnsupportedOperationException notYet() {
        return new UnsupportedOperationException(
                "being built for " + clusters.instance() + serving.getClass());
    }

    @Override
    public void close() {
        clusters.close();
    }
}
