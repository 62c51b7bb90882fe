package dev.pointsman.core.cutover;

import dev.pointsman.core.config.Database;
import dev.pointsman.core.cutover.after.FenceLeft;
import dev.pointsman.core.cutover.after.Following;
import dev.pointsman.core.cutover.after.Heartbeats;
import dev.pointsman.core.cutover.books.FenceMeans;
import dev.pointsman.core.cutover.fence.Fence;
import dev.pointsman.core.cutover.fence.OldValues;
import dev.pointsman.core.cutover.journal.Journal;
import dev.pointsman.core.cutover.report.Phase;
import dev.pointsman.core.cutover.report.Report;
import dev.pointsman.core.cutover.report.Reports;
import dev.pointsman.core.cutover.run.Traffic;
import dev.pointsman.core.cutover.settle.Crossings;
import dev.pointsman.core.cutover.settle.EvidenceReader;
import dev.pointsman.core.cutover.settle.Settlement;
import dev.pointsman.core.cutover.traffic.ProxyTraffic;
import dev.pointsman.core.cutover.why.Why;
import dev.pointsman.core.cutover.why.WhyRow;
import dev.pointsman.core.meter.Metric;
import dev.pointsman.core.migration.Check;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// The cutovers of one database: at most one run at a time, and what surrounds it.
final class DatabaseCutovers {
    private final Database database;
    private final Parts parts;
    private final Heartbeats heartbeats;
    private final Reports reports;
    private final EvidenceReader reader;
    private final Crossings crossings;
    private final Traffic traffic;
    private final Following following;
    private final Settling settling;
    private final Journal journal;
    private final AtomicReference<@Nullable OrderRun> run = new AtomicReference<>();
    private final AtomicBoolean still = new AtomicBoolean();
    private final FenceLeft fenceLeft;

    DatabaseCutovers(
            Database database,
            Parts parts,
            Journal journal,
            Heartbeats heartbeats,
            Reports reports) {
        this.database = database;
        this.parts = parts;
        this.journal = journal;
        this.heartbeats = heartbeats;
        this.reports = reports;
        reader = new EvidenceReader(parts.clusters(), journal);
        crossings = new Crossings(parts.clusters());
        var name = database.name();
        traffic =
                new ProxyTraffic(
                        parts.gates().of(name),
                        parts.pools(),
                        parts.routes(),
                        parts.clients(),
                        new Surroundings());
        following =
                new Following(
                        database, journal, traffic, parts.watch(), parts.meter().database(name));
        var settlement =
                new Settlement(
                        database, parts.clusters(), journal, heartbeats::signOf, parts.watch());
        settling = new Settling(database, parts, settlement, crossings, following);
        fenceLeft = new FenceLeft(database, reader, () -> repair(false).steps());
        parts.meter()
                .database(name)
                .gauge(
                        Metric.FENCE_ACTIVE,
                        () ->
                                following.isFenced()
                                                || fenceLeft.stands()
                                                || settlement.leavesFence()
                                        ? 1
                                        : 0);
    }

    /// On a thread of its own, so that whoever asked may go away.
    Report run(CutoverOrder order, Consumer<Phase> progress) throws Refused {
        var mine = claim(order, progress);
        var result = new CompletableFuture<Report>();
        Thread.ofVirtual().name("cutover-" + database.name()).start(() -> carryOut(mine, result));
        try {
            return result.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Refused refused) {
                throw refused;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new Refused(
                    SqlState.OBJECT_IN_USE,
                    "nobody waits for the cutover of " + database.name() + " any more; it goes on",
                    "See SHOW CUTOVER and SHOW CUTOVERS.");
        }
    }

    /// As the configuration in force says.
    private Database current() {
        return parts.clusters().inForce(database);
    }

    /// With the settings that are in force once no reload can be under way any more.
    private OrderRun claim(CutoverOrder order, Consumer<Phase> progress) throws Refused {
        synchronized (still) {
            if (still.get() || busy()) {
                throw busyRefusal();
            }
            var mine =
                    new OrderRun(
                            order,
                            new OrderRun.Around(
                                    current(),
                                    parts,
                                    journal,
                                    reader,
                                    crossings,
                                    traffic,
                                    following,
                                    () -> heartbeats.living(database.name()),
                                    reports),
                            progress);
            run.set(mine);
            return mine;
        }
    }

    /// Lets no run begin until [#loosen].
    ///
    /// @throws Refused while one is under way
    void keepStill() throws Refused {
        synchronized (still) {
            if (still.get() || busy()) {
                throw busyRefusal();
            }
            still.set(true);
        }
    }

    void loosen() {
        still.set(false);
    }

    private void carryOut(OrderRun mine, CompletableFuture<Report> result) {
        var name = database.name();
        try {
            settling.requireSettled();
            requireAlone();
            parts.slotJob().stop(name);
            Report report;
            try {
                report = mine.run();
            } finally {
                if (mine.leavesFence()) {
                    fenceLeft.liftUntilGone();
                }
                parts.slotJob().resume(name);
                heartbeats.resume(name);
            }
            run.set(null);
            result.complete(report);
        } catch (Refused | RuntimeException | Error e) {
            run.set(null);
            result.completeExceptionally(e);
        }
    }

    private void requireAlone() throws Refused {
        var heard = heartbeats.hear(database.name());
        var other = heard.other();
        if (other.isPresent()) {
            throw new Refused(
                    SqlState.OBJECT_IN_USE,
                    "instance " + other.get() + " serves database " + database.name() + " too",
                    "Stop it; if it was killed, wait until then: two proxies cannot hold their"
                            + " clients together yet.");
        }
        if (!heard.isComplete()) {
            throw new Refused(
                    SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                    heard.doubt(),
                    "Bring the server back, and see that the control role may read"
                            + " pointsman.heartbeat there.");
        }
    }

    private Refused busyRefusal() {
        if (still.get()) {
            return new Refused(
                    SqlState.OBJECT_IN_USE,
                    "database " + database.name() + " is busy with REPAIR or RELOAD",
                    "Try again when the other operator has an answer.");
        }
        return new Refused(
                SqlState.OBJECT_IN_USE,
                "database "
                        + database.name()
                        + " is busy with "
                        + words().orElse("a cutover that has just ended"),
                "See SHOW CUTOVER; CUTOVER " + database.name() + " CANCEL gives it up.");
    }

    void cancel() throws Refused {
        var now = run.get();
        if (now == null) {
            throw new Refused(
                    SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                    "no cutover of " + database.name() + " is running",
                    "");
        }
        if (!now.cancel()) {
            throw new Refused(
                    SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                    "the cutover of " + database.name() + " has decided already",
                    "CUTOVER " + database.name() + " BACK leads back.");
        }
    }

    Optional<Running> running() {
        var now = run.get();
        return now == null ? Optional.empty() : now.running();
    }

    boolean busy() {
        return run.get() != null;
    }

    /// Which run holds the database, in the middle of a sentence.
    Optional<String> words() {
        return Optional.ofNullable(run.get()).map(OrderRun::words);
    }

    List<Check> fence(String target) {
        var clusters = parts.clusters();
        var serving = parts.routes().current(database.name()).server();
        return FenceMeans.checks(
                clusters.of(database.name(), serving), clusters.of(database.name(), target));
    }

    List<WhyRow> why() {
        return new Why(current(), reader.read(database), following).rows();
    }

    RepairResult repair(boolean dryRun) throws Refused {
        keepStill();
        try {
            return settling.repair(dryRun);
        } finally {
            loosen();
        }
    }

    List<String> repairSql() throws Refused {
        return Why.liftingSql(current(), reader.read(database), this::present);
    }

    /// As it was written down where the server cannot be asked any more.
    private OldValues present(String server, OldValues old) {
        try {
            return parts.clusters().of(database.name(), server).call(on -> Fence.present(on, old));
        } catch (SQLException _) {
            return old;
        }
    }

    CompletableFuture<Void> settle() {
        return settling.begin();
    }

    private final class Surroundings implements ProxyTraffic.Around {
        @Override
        public void keepHeld() {
            settling.begin();
        }

        @Override
        public void hush() {
            heartbeats.hush(database.name());
        }

        @Override
        public void resume() {
            heartbeats.resume(database.name());
        }
    }

    void close() {
        fenceLeft.close();
        settling.close();
        following.close();
    }
}
