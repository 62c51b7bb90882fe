package dev.pointsman.core.cutover.after;

import dev.pointsman.core.cluster.watch.LastReason;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.cutover.record.EpochRecord;
import dev.pointsman.core.cutover.record.Evidence;
import dev.pointsman.core.cutover.record.Standing;
import dev.pointsman.core.cutover.settle.EvidenceReader;
import dev.pointsman.core.wire.Refused;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;

/// A fence that an undo could not lift keeps new connections out of the server that serves. It is
/// lifted in the background, by the repair that an operator would order, as soon as that works.
public final class FenceLeft implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FenceLeft.class);
    private static final Duration TRY_AGAIN = Duration.ofSeconds(3);

    private final Database database;
    private final EvidenceReader reader;
    private final Repair repair;
    private final LastReason told = new LastReason();
    private @Nullable Thread thread;
    private volatile boolean stands;
    private volatile int wanted;

    /// Refused while a run or another operator is at work on the database.
    @FunctionalInterface
    public interface Repair {
        /// What was done.
        List<String> run() throws Refused;
    }

    public FenceLeft(Database database, EvidenceReader reader, Repair repair) {
        this.database = database;
        this.reader = reader;
        this.repair = repair;
    }

    /// Returns at once.
    public synchronized void liftUntilGone() {
        stands = true;
        wanted++;
        if (thread == null || !thread.isAlive()) {
            told.forget();
            thread =
                    Thread.ofVirtual()
                            .name("fence-left-" + database.name())
                            .start(this::tryUntilGone);
        }
    }

    /// Whether there is one still, as far as is known.
    public boolean stands() {
        return stands;
    }

    private void tryUntilGone() {
        try {
            do {
                Thread.sleep(TRY_AGAIN);
            } while (!isLifted());
        } catch (InterruptedException _) {
            // the end
        }
    }

    private boolean isLifted() {
        var here = wanted;
        try {
            var evidence = reader.read(database);
            if (isGone(evidence)) {
                return end(here, "by somebody else");
            }
            if (evidence.standing() instanceof Standing.Serves serves
                    && evidence.reading(serves.server()).isEmpty()) {
                // Operators are not to find the database busy while nothing can be done.
                tell("server " + serves.server() + " cannot be asked");
                return false;
            }
            var steps = repair.run();
            if (isGone(reader.read(database))) {
                return end(here, String.join("; ", steps));
            }
            tell(String.join("; ", steps));
        } catch (Refused | RuntimeException e) {
            tell(String.valueOf(e.getMessage()));
        }
        return false;
    }

    /// The server that serves has to say so itself.
    private static boolean isGone(Evidence evidence) {
        return evidence.standing() instanceof Standing.Serves serves
                && evidence.reading(serves.server())
                        .filter(reading -> reading.rows().stream().noneMatch(EpochRecord::isFence))
                        .isPresent();
    }

    /// Unless there may be another one meanwhile.
    private synchronized boolean end(int seen, String how) {
        if (seen != wanted) {
            return false;
        }
        log.atInfo()
                .addKeyValue("database", database.name())
                .addKeyValue("how", how)
                .log("a fence that was left is lifted");
        stands = false;
        thread = null;
        return true;
    }

    private void tell(String why) {
        if (told.isNew(why)) {
            log.atWarn()
                    .addKeyValue("database", database.name())
                    .addKeyValue("why", why)
                    .log("a fence that was left is not lifted yet");
        }
    }

    @Override
    public synchronized void close() {
        if (thread != null) {
            thread.interrupt();
        }
    }
}
