package dev.pointsman.core.cutover;

import dev.pointsman.core.config.Database;
import dev.pointsman.core.cutover.after.Heartbeats;
import dev.pointsman.core.cutover.journal.Journal;
import dev.pointsman.core.cutover.report.Phase;
import dev.pointsman.core.cutover.report.Report;
import dev.pointsman.core.cutover.report.Reports;
import dev.pointsman.core.cutover.why.WhyRow;
import dev.pointsman.core.migration.Check;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// The cutovers of this process: one [DatabaseCutovers] per database, with one journal for all.
public final class LocalCutovers implements Cutovers {
    private static final Logger log = LoggerFactory.getLogger(LocalCutovers.class);
    private static final Duration SETTLE_FIRST = Duration.ofSeconds(10);

    private final Parts parts;
    private final Journal journal;
    private final Heartbeats heartbeats;
    private final Reports reports;
    private final Map<String, DatabaseCutovers> databases = new ConcurrentSkipListMap<>();

    private LocalCutovers(Parts parts, Journal journal) {
        this.parts = parts;
        this.journal = journal;
        heartbeats =
                new Heartbeats(parts.clusters(), name -> parts.routes().current(name).server());
        reports = Reports.open(parts.folder().path(), parts.folder()::keep);
        for (var database : parts.clusters().databases().values()) {
            databases.put(database.name(), of(database));
        }
    }

    private DatabaseCutovers of(Database database) {
        return new DatabaseCutovers(database, parts, journal, heartbeats, reports);
    }

    /// Takes a database in that was not there at the start: its gate is closed when this returns,
    /// and opens once it is settled who serves. Completes then, or when it is known what that waits
    /// for.
    public CompletableFuture<Void> add(Database database) {
        var added = of(database);
        databases.put(database.name(), added);
        return added.settle();
    }

    /// Opens the journal in the state folder; [#settle] is to be called next.
    public static LocalCutovers open(Parts parts) throws Refused {
        return new LocalCutovers(parts, Journal.open(parts.folder()));
    }

    @Override
    public Report run(CutoverOrder order, Consumer<Phase> progress) throws Refused {
        if (order.databases().size() != 1) {
            throw new Refused(
                    SqlState.FEATURE_NOT_SUPPORTED,
                    "several databases in one cutover are not supported yet",
                    "Cut them over one after the other.");
        }
        return of(order.databases().getFirst()).run(order, progress);
    }

    /// Runs `work` while no cutover of these databases is under way or can begin.
    ///
    /// @throws Refused 55006 when one is under way; nothing was run then
    public void whileStill(Collection<String> names, Runnable work) throws Refused {
        var held = new ArrayList<DatabaseCutovers>();
        try {
            for (var name : names) {
                var one = of(name);
                one.keepStill();
                held.add(one);
            }
            work.run();
        } finally {
            held.forEach(DatabaseCutovers::loosen);
        }
    }

    private DatabaseCutovers of(String database) throws Refused {
        var found = databases.get(database);
        if (found == null) {
            throw new Refused(
                    SqlState.INVALID_CATALOG_NAME,
                    "there is no database \"" + database + "\" in the configuration",
                    "It has " + String.join(", ", databases.keySet()) + ".");
        }
        return found;
    }

    @Override
    public void cancel(String database) throws Refused {
        of(database).cancel();
    }

    @Override
    public List<Report> reports() {
        return reports.all();
    }

    @Override
    public Optional<Running> running(String database) {
        var found = databases.get(database);
        return found == null ? Optional.empty() : found.running();
    }

    @Override
    public boolean busy(String database) {
        var found = databases.get(database);
        return found != null && found.busy();
    }

    @Override
    public Optional<String> busyWith(String database) {
        return Optional.ofNullable(databases.get(database)).flatMap(DatabaseCutovers::words);
    }

    @Override
    public Optional<String> otherInstance(String database) {
        return heartbeats.other(database);
    }

    @Override
    public boolean isAlone(String database) {
        return heartbeats.hear(database).isAlone();
    }

    @Override
    public List<Check> fence(String database, String target) throws Refused {
        return of(database).fence(target);
    }

    @Override
    public List<WhyRow> why(String database) {
        var found = databases.get(database);
        return found == null ? List.of() : found.why();
    }

    @Override
    public RepairResult repair(String database, boolean dryRun) throws Refused {
        return of(database).repair(dryRun);
    }

    @Override
    public List<String> repairSql(String database) throws Refused {
        return of(database).repairSql();
    }

    /// Every gate is closed when this begins to wait; it returns when all are settled, or after a
    /// while, with those that are not still closed and being tried.
    @Override
    public void settle() {
        var settling =
                databases.values().stream()
                        .map(DatabaseCutovers::settle)
                        .toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(settling).get(SETTLE_FIRST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            log.atWarn()
                    .addKeyValue("cause", e.toString())
                    .log("not every database is settled; their clients are held");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        heartbeats.start();
    }

    @Override
    public void close() {
        heartbeats.close();
        databases.values().forEach(DatabaseCutovers::close);
        journal.close();
    }
}
