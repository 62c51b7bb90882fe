package dev.pointsman.core.cutover.books;

import dev.pointsman.core.cluster.Sql;
import dev.pointsman.core.cutover.fence.Fence;
import dev.pointsman.core.cutover.fence.OldValues;
import dev.pointsman.core.cutover.record.EpochRecord;
import dev.pointsman.core.cutover.record.Records;
import dev.pointsman.core.cutover.run.Abort;
import dev.pointsman.core.cutover.run.Traffic;
import dev.pointsman.core.migration.OurSchema;
import dev.pointsman.core.migration.passage.Crossing;
import dev.pointsman.core.migration.passage.Deadline;
import dev.pointsman.core.migration.passage.Ours;
import dev.pointsman.core.pool.opening.FencedLogins;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// The fence of a target that was left before: opened for as long as our own logins take, closed
/// again, and lifted for good after the decision. New sessions stay read-only by default all the
/// while, but for ours. Whoever slipped in is ended, and what he wrote all the same is a stray.
public final class TargetFence {
    private static final Logger log = LoggerFactory.getLogger(TargetFence.class);
    private static final int ANSWER_MILLIS = 5_000;
    private static final Duration END_LIMIT = Duration.ofSeconds(5);

    private static final String STRANGERS =
            """
            SELECT pid FROM pg_stat_activity
             WHERE datname = current_database() AND backend_type = 'client backend'
               AND pid <> pg_backend_pid() AND pid <> ALL (?)
               AND NOT (usename = current_user AND starts_with(application_name, 'pointsman/'))
               AND usename <> ALL (?)\
            """;

    private final Crossing crossing;
    private final Traffic traffic;
    private final Ours ours;
    private final Strays strays;
    private final FencedLogins logins;
    private Optional<OldValues> fence = Optional.empty();
    private boolean open;

    /// Looks for writes past the proxy to the target since it was left, but for those that the
    /// operator ignores.
    @FunctionalInterface
    public interface Strays {
        List<String> look() throws SQLException;
    }

    public TargetFence(
            Crossing crossing, Traffic traffic, Ours ours, Strays strays, FencedLogins logins) {
        this.crossing = crossing;
        this.traffic = traffic;
        this.ours = ours;
        this.strays = strays;
        this.logins = logins;
    }

    /// Says whether our own logins are let in, which a rehearsal does without: nobody is to get in
    /// for its sake.
    boolean open(boolean rehearsal) throws SQLException {
        var found =
                crossing.target().call(on -> Records.read(on, crossing.database())).stream()
                        .filter(EpochRecord::isFence)
                        .max(Comparator.comparingLong(EpochRecord::epoch))
                        .map(record -> OldValues.fromJson(record.fence()));
        if (found.isEmpty() || rehearsal) {
            return found.isEmpty();
        }
        fence = found;
        open = true;
        var old = found.get();
        var beginning = WithoutFence.of(crossing.target(), old);
        if (beginning.isPresent()) {
            logins.begin(crossing.database(), crossing.target().name(), beginning.get());
            onTarget(on -> Fence.letIn(on, old));
        } else {
            onTarget(on -> Fence.letWrite(on, old));
        }
        return true;
    }

    /// Whether [#restore] has failed, so that others may get in and write where nobody should.
    public boolean isLeftOpen() {
        return open;
    }

    /// Nothing is put up again: another instance crosses here, and may have lifted it for good.
    void leave() {
        endLogins();
        if (fence.isPresent()) {
            traffic.unseal(crossing.target().name());
        }
        fence = Optional.empty();
        open = false;
    }

    private void endLogins() {
        logins.end(crossing.database(), crossing.target().name());
    }

    /// Strays are looked for in each attempt, whether the target is fenced or not.
    void close() throws SQLException, Abort {
        if (fence.isPresent()) {
            traffic.seal(crossing.target().name());
            endLogins();
            onTarget(on -> Fence.closeAgain(on, fence.get()));
            endStrangers();
        }
        requireNoStrays();
    }

    void requireNoStrays() throws SQLException, Abort {
        var found = strays.look();
        if (!found.isEmpty()) {
            throw Abort.because(
                    "writes came past the proxy to %s since it was left: %s; see to them, then add"
                                    .formatted(crossing.target().name(), String.join("; ", found))
                            + " IGNORING STRAYS");
        }
    }

    private void endStrangers() throws SQLException, Abort {
        var own = ours.withPids(traffic.pids(crossing.target().name()));
        var until = Deadline.in(END_LIMIT);
        for (var left = strangers(own); !left.isEmpty(); left = strangers(own)) {
            if (until.passed()) {
                throw Abort.because(
                        "sessions that are not ours stay on the fenced server %s: pids %s"
                                .formatted(crossing.target().name(), left));
            }
            for (var pid : left) {
                crossing.target().call(on -> Sql.is(on, "SELECT pg_terminate_backend(?)", pid));
            }
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    private List<Integer> strangers(Ours own) throws SQLException {
        return crossing.target()
                .call(
                        on ->
                                Sql.list(
                                        on,
                                        STRANGERS,
                                        row -> row.getInt(1),
                                        own.pids().toArray(Integer[]::new),
                                        own.ignoredUsers().toArray(String[]::new)));
    }

    /// The target stays left, so its fence is put up whole again. Clients may be held meanwhile:
    /// its silence is not waited for.
    void restore() {
        endLogins();
        if (fence.isEmpty()) {
            return;
        }
        try {
            traffic.unseal(crossing.target().name());
            onTarget(
                    on -> {
                        on.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
                        Fence.raise(on, fence.get());
                    });
            open = false;
        } catch (SQLException | RuntimeException e) {
            log.atWarn()
                    .addKeyValue("server", crossing.target().name())
                    .addKeyValue("cause", e)
                    .log("the fence of the server left earlier is not whole; it is tried again");
        }
    }

    private interface Work {
        void on(Connection connection) throws SQLException;
    }

    private void onTarget(Work work) throws SQLException {
        crossing.target()
                .call(
                        on -> {
                            OurSchema.inTransaction(on, () -> work.on(on));
                            return true;
                        });
    }
}
