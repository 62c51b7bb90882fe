package dev.pointsman.core.cutover.run;

import dev.pointsman.core.gate.Insider;
import dev.pointsman.core.migration.passage.Deadline;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// The wait until nobody is inside, and what becomes of those who stay. Used once.
final class Drain {
    private static final Logger log = LoggerFactory.getLogger(Drain.class);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final Traffic.Grip held;
    private final Plan plan;
    private final Will will;
    private final List<CompletableFuture<Boolean>> answers = new ArrayList<>();

    Drain(Traffic.Grip held, Plan plan, Will will) {
        this.held = held;
        this.plan = plan;
        this.will = will;
    }

    /// How many stragglers were asked to end.
    int cancelled() {
        return answers.size();
    }

    /// How many transactions were given up for it, so far.
    int failed() {
        return (int) answers.stream().filter(answer -> answer.getNow(false)).count();
    }

    /// Returns when nobody is inside. The drain time decides when stragglers are dealt with, the
    /// deadline when it is over.
    void await(Deadline deadline) throws InterruptedException, Abort {
        var drainTime = Deadline.in(deadline.leftAtMost(plan.settings().drainTimeout()));
        if (drained(drainTime) || drainedAfterAll(deadline)) {
            return;
        }
        throw Abort.stragglers(
                "transactions are still inside after the drain time",
                held.inside().stream().map(Drain::words).toList());
    }

    private boolean drainedAfterAll(Deadline deadline) throws InterruptedException, Abort {
        return switch (plan.stragglers()) {
            case ABORT -> false;
            case CANCEL -> {
                cancel(held.inside());
                yield drained(deadline);
            }
            case WAIT -> drained(deadline);
        };
    }

    /// In slices, so that a cancel of the run is heard.
    private boolean drained(Deadline until) throws InterruptedException, Abort {
        while (!held.awaitDrained(until.leftAtMost(LOOK_AGAIN))) {
            will.requireFree();
            if (until.passed()) {
                return false;
            }
        }
        return true;
    }

    /// Each session reads up to the server's own end of it and tells its client the truth.
    private void cancel(List<Insider> inside) {
        for (var one : inside) {
            log.atInfo().addKeyValue("straggler", words(one)).log("cancelling a straggler");
            answers.add(one.cancel());
        }
    }

    private static String words(Insider one) {
        return "session %d, user %s from %s, server pid %d, %s since %s"
                .formatted(
                        one.sessionId(),
                        one.user(),
                        one.clientAddress(),
                        one.serverPid(),
                        one.doing(),
                        one.since());
    }
}
