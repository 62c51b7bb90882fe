package dev.pointsman.core.migration;

import java.time.Duration;
import java.util.Optional;

/// One row of SHOW MIGRATION, made from what both servers say at the moment of asking.
///
/// @param source empty while there is no migration
/// @param lag behind the serving server; empty while nothing replicates or nobody can be asked
/// @param eta until all tables are copied; empty when unknown
/// @param waitingFor what the migration waits for, in words; empty when for nothing
/// @param message what went wrong, or what to do next
public record MigrationStatus(
        String database,
        String source,
        String target,
        MigrationState state,
        int tables,
        int tablesReady,
        Lag lag,
        Eta eta,
        String waitingFor,
        ReverseState reverse,
        String sourceVersion,
        String targetVersion,
        String message) {

    /// How far the other server is behind.
    public sealed interface Lag {
        record Unknown() implements Lag {}

        record Known(long bytes, Duration time) implements Lag {}
    }

    /// When all tables will have been copied.
    public sealed interface Eta {
        record Unknown() implements Eta {}

        record Known(Duration left) implements Eta {}
    }

    /// Nobody could be asked; `message` says why.
    public static MigrationStatus unknown(String database, String message) {
        var none = none(database);
        return new MigrationStatus(
                database,
                none.source,
                none.target,
                none.state,
                none.tables,
                none.tablesReady,
                none.lag,
                none.eta,
                none.waitingFor,
                none.reverse,
                none.sourceVersion,
                none.targetVersion,
                message);
    }

    /// Nothing has been begun for `database`.
    public static MigrationStatus none(String database) {
        return new MigrationStatus(
                database,
                "",
                "",
                MigrationState.NONE,
                0,
                0,
                new Lag.Unknown(),
                new Eta.Unknown(),
                "",
                ReverseState.NONE,
                "",
                "",
                "");
    }

    public Optional<Long> lagBytes() {
        return lag instanceof Lag.Known(var bytes, _) ? Optional.of(bytes) : Optional.empty();
    }

    public Optional<Duration> lagTime() {
        return lag instanceof Lag.Known(_, var time) ? Optional.of(time) : Optional.empty();
    }

    public Optional<Duration> etaLeft() {
        return eta instanceof Eta.Known(var left) ? Optional.of(left) : Optional.empty();
    }
}
