package dev.pointsman.core.cutover;

import dev.pointsman.core.config.Database;
import dev.pointsman.core.cutover.after.Following;
import dev.pointsman.core.cutover.record.Evidence;
import dev.pointsman.core.cutover.settle.Crossings;
import dev.pointsman.core.cutover.settle.Settlement;
import dev.pointsman.core.gate.Closer;
import dev.pointsman.core.gate.Hold;
import dev.pointsman.core.wire.Refused;
import dev.pointsman.core.wire.SqlState;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Keeps the clients of one database held until it is certain who serves, trying as long as it
/// takes; then sets the route, lets them go and sees to what follows.
final class Settling implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Settling.class);
    private static final Duration TRY_AGAIN = Duration.ofSeconds(1);
    private static final Duration FOLLOW_LIMIT = Duration.ofSeconds(30);

    private final Database database;
    private final Parts parts;
    private final Settlement settlement;
    private final Crossings crossings;
    private final Following following;
    private final Object oneAtATime = new Object();
    private final Object beginning = new Object();
    private @Nullable Hold hold;
    private @Nullable Thread thread;
    private volatile CompletableFuture<Void> settled = new CompletableFuture<>();
    private volatile boolean closed;
    private volatile String waitingFor = "it has just begun";

    Settling(
            Database database,
            Parts parts,
            Settlement settlement,
            Crossings crossings,
            Following following) {
        this.database = database;
        this.parts = parts;
        this.settlement = settlement;
        this.crossings = crossings;
        this.following = following;
    }

    /// Closes the gate and begins to try; completes when the gate is open again, or when it is
    /// known what that waits for.
    synchronized CompletableFuture<Void> begin() {
        if (hold == null) {
            hold = parts.gates().of(database.name()).close(new Closer.Undecided(database.name()));
            settled = new CompletableFuture<>();
            waitingFor = "it has just begun";
            following.expect("clients are held until it is certain who serves");
            thread = Thread.ofVirtual().name("settle-" + database.name()).start(this::tryOn);
        }
        return settled;
    }

    private void tryOn() {
        while (!Thread.currentThread().isInterrupted() && !tryOnce()) {
            pause();
        }
    }

    /// True: there is nothing left to try.
    private boolean tryOnce() {
        synchronized (oneAtATime) {
            if (!isWanted()) {
                return true;
            }
            switch (run()) {
                case Settlement.Result.Settled result -> {
                    settle(result);
                    return true;
                }
                case Settlement.Result.Waiting(var why) -> {
                    if (!why.equals(waitingFor)) {
                        log.atWarn()
                                .addKeyValue("database", database.name())
                                .addKeyValue("why", why)
                                .log("clients are held: it is not certain who serves");
                    }
                    waitingFor = why;
                    following.expect("clients are held until it is certain who serves: " + why);
                    settled.complete(null);
                    return false;
                }
            }
        }
    }

    /// Somebody else may have settled it meanwhile.
    private synchronized boolean isWanted() {
        return hold != null && Thread.currentThread().equals(thread);
    }

    /// What is not foreseen is waited for like what is: the gate stays closed, and says why.
    private Settlement.Result run() {
        try {
            return settlement.run();
        } catch (RuntimeException e) {
            log.atError()
                    .addKeyValue("database", database.name())
                    .setCause(e)
                    .log("settling failed");
            return new Settlement.Result.Waiting(e.toString());
        }
    }

    private static void pause() {
        try {
            Thread.sleep(TRY_AGAIN);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void settle(Settlement.Result.Settled result) {
        var routes = parts.routes();
        var now = routes.current(database.name());
        if (result.epoch() > now.epoch()) {
            routes.swap(database.name(), result.server(), result.epoch());
        }
        for (var server : parts.clusters().inForce(database).servers().keySet()) {
            parts.pools().unseal(database.name(), server);
        }
        log.atInfo()
                .addKeyValue("database", database.name())
                .addKeyValue("server", result.server())
                .addKeyValue("epoch", result.epoch())
                .addKeyValue("done", result.done())
                .log("settled");
        letGo();
        follow(result.server(), result.evidence());
    }

    private synchronized void letGo() {
        waitingFor = "";
        if (hold != null) {
            hold.open();
            hold = null;
        }
        settled.complete(null);
    }

    private void follow(String serving, Evidence evidence) {
        evidence.lastDecision()
                .filter(decision -> decision.server().equals(serving))
                .ifPresentOrElse(decision -> follow(decision, evidence), following::nothing);
    }

    private void follow(Evidence.Outcome decision, Evidence evidence) {
        var epoch = parts.routes().current(database.name()).epoch();
        if (!beginsToFollow(decision, evidence)) {
            Thread.ofVirtual()
                    .name("follow-" + database.name())
                    .start(() -> followOnceThere(decision, evidence, epoch));
        }
    }

    /// A server that is away keeps its fence until it can be asked, and its clients out with it.
    private void followOnceThere(Evidence.Outcome decision, Evidence evidence, long epoch) {
        while (!closed && parts.routes().current(database.name()).epoch() == epoch) {
            pause();
            synchronized (beginning) {
                if (!following.isExpected() || beginsToFollow(decision, evidence)) {
                    return;
                }
            }
        }
    }

    private boolean beginsToFollow(Evidence.Outcome decision, Evidence evidence) {
        try {
            var back = crossings.from(database.name(), decision.server());
            if (back.isPresent() && back.get().target().name().equals(decision.from())) {
                following.begin(
                        back.get().reversed(),
                        evidence.decision(decision.epoch(), parts.clusters().instance()));
            } else {
                following.nothing();
            }
            return true;
        } catch (SQLException e) {
            log.atWarn()
                    .addKeyValue("database", database.name())
                    .addKeyValue("cause", e)
                    .log("what follows the last decision cannot begin yet");
            following.expect(
                    "what follows epoch %d cannot begin, server %s cannot be asked: %s"
                            .formatted(decision.epoch(), decision.server(), e.getMessage()));
            return false;
        }
    }

    void requireSettled() throws Refused {
        if (!waitingFor.isEmpty()) {
            throw new Refused(
                    SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                    "it is not certain who serves " + database.name() + ": " + waitingFor,
                    "See SHOW WHY, and bring back the server that is away.");
        }
    }

    /// Finishes or undoes now what can be.
    RepairResult repair(boolean dryRun) {
        var steps = new ArrayList<String>();
        if (dryRun) {
            steps.addAll(settlement.preview());
            if (!following.unfinished().isEmpty()) {
                steps.add("finish: " + following.unfinished());
            }
            return new RepairResult(database.name(), steps, steps.isEmpty());
        }
        synchronized (oneAtATime) {
            return repairNow(steps);
        }
    }

    private RepairResult repairNow(List<String> steps) {
        return switch (run()) {
            case Settlement.Result.Waiting(var why) -> {
                steps.add("cannot be settled: " + why);
                yield new RepairResult(database.name(), steps, false);
            }
            case Settlement.Result.Settled result -> {
                steps.addAll(result.done());
                settle(result);
                var left = following.await(FOLLOW_LIMIT);
                if (!left.isEmpty()) {
                    steps.add("unfinished: " + left);
                }
                yield new RepairResult(database.name(), steps, left.isEmpty());
            }
        };
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (thread != null) {
            thread.interrupt();
        }
    }
}
