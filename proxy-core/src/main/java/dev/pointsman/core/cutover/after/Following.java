package dev.pointsman.core.cutover.after;

import dev.pointsman.core.config.Database;
import dev.pointsman.core.cutover.journal.Journal;
import dev.pointsman.core.cutover.journal.Line;
import dev.pointsman.core.cutover.record.EpochRecord;
import dev.pointsman.core.cutover.run.Step;
import dev.pointsman.core.cutover.run.Traffic;
import dev.pointsman.core.meter.DatabaseMeter;
import dev.pointsman.core.migration.passage.Crossing;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/// What follows the last decision of one database, in the background: tried until it is done, then
/// the watch over the server that was left.
public final class Following implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Following.class);

    private static final Duration TRY_AGAIN = Duration.ofSeconds(1);

    private final Database database;
    private final Journal journal;
    private final Traffic traffic;
    private final Step.Watch watch;
    private final DatabaseMeter meter;
    private @Nullable StrayWatch strays;
    private CompletableFuture<Void> finished = new CompletableFuture<>();
    private boolean expected = true;
    private final ReentrantLock beginning = new ReentrantLock();
    private volatile @Nullable Thread thread;
    private long epoch;

    /// Of the decision for which strays on the target were looked for.
    private volatile long looked = -1;

    private Runnable repetition = () -> {};
    private volatile String unfinished = "it is not known yet what follows the last decision";
    private volatile List<String> warnings = List.of();

    public Following(
            Database database,
            Journal journal,
            Traffic traffic,
            Step.Watch watch,
            DatabaseMeter meter) {
        this.database = database;
        this.journal = journal;
        this.traffic = traffic;
        this.watch = watch;
        this.meter = meter;
    }

    /// Whether others are kept from the server that was left.
    public synchronized boolean isFenced() {
        return strays != null && database.cutover().fence();
    }

    /// Something may follow that cannot begin yet, which `why` says: until [#begin] or [#nothing]
    /// it is unfinished, so that nothing is begun meanwhile that relies on its being done.
    public synchronized void expect(String why) {
        if (!isAtWork()) {
            if (finished.isDone()) {
                finished = new CompletableFuture<>();
            }
            expected = true;
            unfinished = why;
        }
    }

    /// Whether what was last said is [#expect].
    public synchronized boolean isExpected() {
        return !finished.isDone() && !isAtWork();
    }

    /// Nothing follows.
    public synchronized void nothing() {
        if (!isAtWork()) {
            unfinished = "";
            finished.complete(null);
        }
    }

    /// Begins; completes when everything is done, which may be never while a server is away. What
    /// was begun for the same decision and goes on is left to go on; anything else is ended first,
    /// since what follows one decision must never meet what follows another.
    public CompletableFuture<Void> begin(Crossing decided, EpochRecord record) {
        beginning.lock();
        try {
            if (goesOn(record.epoch())) {
                return finishing();
            }
            endFormer();
            return start(decided, record);
        } finally {
            beginning.unlock();
        }
    }

    /// Does again what followed the last decision, since an attempt to come back that was given up
    /// could not put everything back as it was.
    public void repeat() {
        beginning.lock();
        try {
            endFormer();
            repetition.run();
        } finally {
            beginning.unlock();
        }
    }

    private synchronized boolean goesOn(long decision) {
        return epoch == decision && isAtWork();
    }

    private boolean isAtWork() {
        var worker = thread;
        return worker != null && worker.isAlive() && !expected && !finished.isDone();
    }

    private void endFormer() {
        var former = thread;
        if (former == null) {
            return;
        }
        former.interrupt();
        try {
            former.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized CompletableFuture<Void> start(Crossing decided, EpochRecord record) {
        var told = looked == record.epoch() ? Optional.<List<String>>empty() : toldOf(decided);
        stopWatching();
        repetition = () -> start(decided, record);
        // Whoever waits for what was expected, or was begun before, waits for this.
        if (finished.isDone()) {
            finished = new CompletableFuture<>();
        }
        var done = finished;
        expected = false;
        epoch = record.epoch();
        warnings = List.of();
        unfinished = "what follows epoch " + epoch + " has begun";
        thread =
                Thread.ofVirtual()
                        .name("after-" + database.name())
                        .start(
                                () ->
                                        follow(
                                                new After(decided, record, traffic, watch, told),
                                                decided,
                                                record,
                                                done));
        return done;
    }

    /// What the watch over the server that serves since has told.
    private Optional<List<String>> toldOf(Crossing decided) {
        var former = strays;
        return Optional.of(
                former != null && former.left().source().name().equals(decided.target().name())
                        ? former.told()
                        : List.of());
    }

    private void follow(
            After after, Crossing decided, EpochRecord record, CompletableFuture<Void> done) {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                warnings = after.run();
                if (!after.strays().isEmpty()) {
                    meter.strays(after.strays().size());
                }
                looked = record.epoch();
                finish(decided, record);
                done.complete(null);
                return;
            } catch (SQLException | IOException | RuntimeException e) {
                unfinished = "epoch " + record.epoch() + ": " + e.getMessage();
                log.atWarn()
                        .addKeyValue("database", database.name())
                        .addKeyValue("cause", e)
                        .log("what follows the decision is not done yet");
                pause();
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(TRY_AGAIN);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void finish(Crossing decided, EpochRecord record) throws IOException {
        if (!isFinished(record.epoch())) {
            var turn =
                    new Line.Turn(
                            record.turn().attempt(),
                            record.epoch(),
                            decided.source().name(),
                            decided.target().name());
            journal.append(
                    new Line(
                            Line.Kind.FINISHED,
                            turn,
                            List.of(database.name()),
                            record.positions(),
                            Instant.now()));
        }
        watch.passed(Step.FINISHED);
        unfinished = "";
        watch(decided);
    }

    private boolean isFinished(long epoch) {
        return journal.lines(database.name()).stream()
                .anyMatch(
                        line -> line.kind() == Line.Kind.FINISHED && line.turn().epoch() == epoch);
    }

    private synchronized void watch(Crossing decided) {
        stopWatching();
        var source = decided.source().name();
        strays = new StrayWatch(decided, () -> !traffic.serving().equals(source), meter);
    }

    private synchronized void stopWatching() {
        if (strays != null) {
            strays.close();
            strays = null;
        }
    }

    /// Waits until what followed the last decision is done; says what is not, or nothing.
    public String await(Duration limit) {
        var waitFor = finishing();
        try {
            waitFor.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return "";
        } catch (TimeoutException | ExecutionException e) {
            return unfinished.isEmpty() ? e.toString() : unfinished;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return unfinished;
        }
    }

    private synchronized CompletableFuture<Void> finishing() {
        return finished;
    }

    /// What is amiss though everything is done: that there is no way back, say.
    public List<String> warnings() {
        return warnings;
    }

    /// Empty when nothing is unfinished.
    public String unfinished() {
        return unfinished;
    }

    /// The watch over the server that was left, while there is one.
    public synchronized Optional<StrayWatch> strays() {
        return Optional.ofNullable(strays);
    }

    @Override
    public synchronized void close() {
        if (thread != null) {
            thread.interrupt();
        }
        stopWatching();
    }
}
