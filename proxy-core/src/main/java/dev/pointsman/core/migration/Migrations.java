package dev.pointsman.core.migration;

import dev.pointsman.core.cluster.Clusters;
import dev.pointsman.core.meter.Meter;
import dev.pointsman.core.migration.platform.Grants;
import dev.pointsman.core.migration.preflight.OfMigration;
import dev.pointsman.core.migration.preflight.Preflight;
import dev.pointsman.core.migration.run.Gauges;
import dev.pointsman.core.migration.run.OpenMigration;
import dev.pointsman.core.migration.run.Opening;
import dev.pointsman.core.migration.setup.WayOut;
import dev.pointsman.core.migration.verify.Verification;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// All migrations of this proxy: CHECK, MIGRATE and what SHOW MIGRATION shows. What there is, is
/// read from the servers, so a restart changes nothing. Virtual threads; every call blocks.
public final class Migrations implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Migrations.class);
    private static final Duration TICK = Duration.ofSeconds(10);

    private final Clusters clusters;
    private final Serving serving;
    private final Clearance clearance;
    private final Map<String, OpenMigration> open = new ConcurrentHashMap<>();
    private final Set<String> still = ConcurrentHashMap.newKeySet(); // also where none is open yet
    private final Thread ticker;
    private volatile Gauges gauges = Gauges.none();

    /// The migrations of all databases that `clusters` knows.
    ///
    /// @param serving what the routes say
    /// @param clearance asked before anything is done that nobody has asked for just now
    public Migrations(Clusters clusters, Serving serving, Clearance clearance) {
        this.clusters = clusters;
        this.serving = serving;
        this.clearance = clearance;
        ticker = Thread.ofVirtual().name("migrations").start(this::tick);
    }

    /// The preflight for moving `database` from the server that serves it to `target`. Where a
    /// migration between these two is there, what it has put on them is no finding.
    public List<Check> check(String database, String target) throws Refused {
        var checks = preflight(database, target).run();
        var source = serving.now(database).server();
        return known(database)
                .filter(it -> it.joins(source, target))
                .map(it -> OfMigration.without(checks, it.pair(), it.direction()))
                .orElseGet(() -> OfMigration.ahead(checks));
    }

    /// None when the servers cannot be asked: that is a finding of the preflight's own.
    private Optional<OpenMigration> known(String database) {
        try {
            return find(database);
        } catch (Refused _) {
            return Optional.empty();
        }
    }

    private Preflight preflight(String database, String target) throws Refused {
        var settings = clusters.databases().get(database);
        if (settings == null) {
            throw new Refused(
                    SqlState.INVALID_CATALOG_NAME,
                    "there is no database " + database,
                    "The configuration has " + clusters.databases().keySet() + ".");
        }
        var source = serving.now(database).server();
        if (!settings.servers().containsKey(target) || source.equals(target)) {
            throw new Refused(
                    SqlState.UNDEFINED_OBJECT,
                    "database " + database + " cannot move from " + source + " to " + target,
                    "Its servers are " + settings.servers().keySet() + ".");
        }
        return new Preflight(
                clusters.instance(), clusters.of(database, source), clusters.of(database, target));
    }

    /// What [#start] would do, as SQL and commands, in order. Shows no password.
    public List<String> plan(String database, String target) throws Refused {
        var source = serving.now(database).server();
        preflight(database, target);
        var from = clusters.of(database, source);
        return Guarded.asking(from, () -> Opening.plan(from, clusters.of(database, target)));
    }

    /// Begins; returns once the preflight let it, and goes on by itself.
    ///
    /// @param accepted ids of checks that may fail
    public synchronized void start(String database, String target, Set<String> accepted)
            throws Refused {
        var there = find(database);
        if (there.isPresent()) {
            throw new Refused(
                    SqlState.OBJECT_IN_USE,
                    "a migration of "
                            + database
                            + " to "
                            + there.get().row().target()
                            + " is there",
                    "SHOW MIGRATION says where it stands; MIGRATE "
                            + database
                            + " ABORT undoes it.");
        }
        var checks = preflight(database, target).run();
        Opening.requireAllowed(database, target, checks, accepted);
        var source = clusters.of(database, serving.now(database).server());
        var back =
                checks.stream()
                        .filter(check -> check.id().equals(Preflight.WAY_BACK))
                        .noneMatch(check -> check.stops(Check.Blocks.MIGRATE, Set.of()));
        var row =
                Guarded.asking(
                        source,
                        () -> Opening.open(clusters, source, clusters.of(database, target), back));
        var running = new OpenMigration(clusters, serving, database, row);
        open.put(database, running);
        running.begin();
        log.atInfo()
                .addKeyValue("database", database)
                .addKeyValue("source", row.source())
                .addKeyValue("target", row.target())
                .log("migration begins");
    }

    /// Undoes a migration that has not switched; leaves nothing of ours on either server.
    ///
    /// @throws Refused also when something had to be left behind: it says what, where, and the SQL
    public synchronized void abort(String database) throws Refused {
        var running = required(database);
        if (running.isSwitched() || WayOut.everSwitched(running.pair())) {
            throw new Refused(
                    SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                    "a cutover of " + database + " has taken place, ABORT would lose its way",
                    "Use CUTOVER " + database + " BACK, or MIGRATE " + database + " COMPLETE.");
        }
        if (Opening.isFenced(running.pair().source())) {
            throw new Refused(
                    SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                    "a fence of a cutover that was undone is still up on " + running.row().source(),
                    "REPAIR %s lifts it. Then ABORT again.".formatted(database));
        }
        List<String> left = Guarded.waiting(() -> running.undo(clusters.instance()));
        open.remove(database, running);
        gauges.forget(database);
        if (!left.isEmpty()) {
            throw new Refused(
                    ErrorReport.error(
                                    SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                                    "the migration is undone, but " + left.size() + " things stay")
                            .withDetail(String.join("\n", left))
                            .withHint("Do these by hand, or ABORT again once the server answers."));
        }
        log.atInfo().addKeyValue("database", database).log("migration undone");
    }

    /// Ends a migration whose target serves: no way back afterwards. Returns what is left to do by
    /// hand.
    public synchronized List<String> complete(String database) throws Refused {
        var running = required(database);
        if (!running.isSwitched() && !WayOut.everSwitched(running.pair())) {
            throw new Refused(
                    SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                    running.row().source() + " still serves " + database + ": nothing to complete",
                    "CUTOVER "
                            + database
                            + " TO "
                            + running.row().target()
                            + " comes first, or ABORT.");
        }
        var left = Guarded.waiting(() -> running.finish(clusters.instance()));
        open.remove(database, running);
        gauges.forget(database);
        log.atInfo().addKeyValue("database", database).log("migration completed");
        return left;
    }

    /// One row of SHOW MIGRATION.
    public MigrationStatus status(String database) {
        try {
            return find(database).map(OpenMigration::status).orElse(MigrationStatus.none(database));
        } catch (Refused e) {
            return MigrationStatus.unknown(database, e.report().message());
        }
    }

    /// The rows of SHOW TABLES; none while there is no migration.
    public List<TableStatus> tables(String database) throws Refused {
        var running = find(database);
        return running.isEmpty()
                ? List.of()
                : Guarded.asking(running.get().pair().source(), running.get()::tables);
    }

    /// The comparison of both servers' tables, to be run by the caller.
    ///
    /// @throws Refused while changes do not flow, or the other server is too far behind
    public Verification verification(String database) throws Refused {
        var running = required(database);
        var settings = clusters.databases().get(database);
        var most = settings == null ? 0 : settings.cutover().maxLagBytes();
        return Guarded.asking(running.pair().source(), () -> running.inStep(most))
                .orElseThrow(
                        () ->
                                new Refused(
                                        SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                                        "the servers of " + database + " are not in step",
                                        "SHOW MIGRATION says why; VERIFY when it is ready, or"
                                                + " switched with a ready way back, and lag_bytes"
                                                + " is below max_lag."));
    }

    /// Shows every migration's figures in `meter`, refreshed every few seconds.
    public void publish(Meter meter) {
        gauges = Gauges.in(meter, clusters.databases().keySet());
    }

    /// A database that the configuration did not have before: its figures are shown, and what its
    /// servers say was under way is gone on with.
    public void add(String database) {
        gauges.add(database);
        Thread.ofVirtual().name("migration of " + database).start(() -> resume(database));
    }

    /// The least-privilege SQL for both kinds of servers of `database`, in the words of the
    /// versions found, to be run by an administrator.
    public List<Grants.Line> grants(String database) {
        var settings = clusters.databases().get(database);
        return settings == null ? List.of() : Grants.sql(clusters, settings);
    }

    /// At start: goes on with what the servers say was under way. A server that cannot be asked now
    /// is asked again later.
    public void resume() {
        clusters.databases().keySet().forEach(this::resume);
    }

    private void resume(String database) {
        try {
            find(database);
        } catch (Refused e) {
            log.atWarn()
                    .addKeyValue("database", database)
                    .addKeyValue("cause", e.getMessage())
                    .log("migrations of this database cannot be read yet");
        }
    }

    /// Stops the job that advances idle slots; returns once its last call was answered. A cutover
    /// calls it before its hold.
    public void stopAdvancing(String database) {
        still.add(database);
        Optional.ofNullable(open.get(database)).ifPresent(OpenMigration::stopAdvancing);
    }

    /// Lets the job go on, with no memory of positions read before.
    public void resumeAdvancing(String database) {
        still.remove(database);
        Optional.ofNullable(open.get(database)).ifPresent(OpenMigration::resumeAdvancing);
    }

    private OpenMigration required(String database) throws Refused {
        return find(database)
                .orElseThrow(
                        () ->
                                new Refused(
                                        SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                                        "there is no migration of " + database,
                                        "MIGRATE " + database + " TO server begins one."));
    }

    /// The one in this process, or the one that the servers tell of.
    private Optional<OpenMigration> find(String database) throws Refused {
        var known = open.get(database);
        return known == null ? lookUp(database) : Optional.of(known);
    }

    private synchronized Optional<OpenMigration> lookUp(String database) throws Refused {
        var known = open.get(database);
        if (known != null) {
            return Optional.of(known);
        }
        var row = Opening.find(clusters, database);
        if (row.isEmpty()) {
            return Optional.empty();
        }
        var running = new OpenMigration(clusters, serving, database, row.get());
        open.put(database, running);
        if (still.contains(database)) {
            running.stopAdvancing();
            if (!still.contains(database)) { // the run has ended meanwhile
                running.resumeAdvancing();
            }
        }
        goOn(database, running);
        return Optional.of(running);
    }

    private void tick() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Thread.sleep(TICK);
                advance();
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    /// What an earlier process began is not gone on with beside another one that lives.
    private boolean goOn(String database, OpenMigration running) {
        if (!clearance.given(database)) {
            return false;
        }
        running.begin();
        return true;
    }

    /// One round of every migration's slot job; the ticker's own come as well.
    public void advance() {
        open.forEach(
                (database, running) -> {
                    try {
                        if (goOn(database, running)) {
                            running.tick();
                        }
                        gauges.update(database, running.status(), running.retained());
                    } catch (SQLException e) {
                        log.atWarn()
                                .addKeyValue("database", database)
                                .addKeyValue("cause", e.getMessage())
                                .log("idle slots were not advanced");
                    }
                });
    }

    /// Ends what runs in this process; what the servers carry stays and is taken up again.
    @Override
    public void close() {
        ticker.interrupt();
        for (var running : open.values()) {
            try {
                running.stop();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
