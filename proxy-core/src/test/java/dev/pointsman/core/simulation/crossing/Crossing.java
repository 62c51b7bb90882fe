package dev.pointsman.core.simulation.crossing;

import dev.pointsman.core.config.CutoverSettings;
import dev.pointsman.core.config.CutoverSettings.Stragglers;
import dev.pointsman.core.cutover.record.Silence;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.run.Course;
import dev.pointsman.core.cutover.run.Cutover;
import dev.pointsman.core.cutover.run.Plan;
import dev.pointsman.core.cutover.run.Step;
import dev.pointsman.core.cutover.run.Will;
import dev.pointsman.core.meter.DatabaseMeter;
import dev.pointsman.core.migration.passage.Ours;
import dev.pointsman.core.migration.passage.Passage.Claim;
import dev.pointsman.core.simulation.server.SimulatedServer;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/// One order to lead the clients to the server that does not serve: the product's own [Cutover],
/// and what follows it.
public final class Crossing {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Ours OURS = new Ours(Set.of(), "pointsman/simulation", Set.of(), false);

    private final Surroundings around;
    private final Pair pair;
    private final DatabaseMeter meter;
    private final Flaw flaw;
    private final Will will = new Will();
    private boolean heldTooLong;

    /// A planted fault.
    public enum Flaw {
        NONE,
        /// The gate opens before the decision.
        RELEASES_EARLY,
        /// Where the hold limit has passed, the gate opens towards the target.
        LETS_GO_AHEAD
    }

    public Crossing(Surroundings around, Pair pair, DatabaseMeter meter, Flaw flaw) {
        this.around = around;
        this.pair = pair;
        this.meter = meter;
        this.flaw = flaw;
    }

    /// CUTOVER … CANCEL.
    public void cancel() {
        will.cancel();
    }

    /// Whether it held clients and was undone because its hold limit had passed.
    public boolean heldTooLong() {
        return heldTooLong;
    }

    public Outcome run() {
        var source = pair.of(around.routes().current(around.gate().database()).server());
        var target = pair.other(source);
        boolean dry = around.chance().oneIn(6);
        var stragglers = around.chance().of(List.of(Stragglers.values()));
        long attempt = pair.nextAttempt();
        var claim =
                new Claim(attempt, dry ? -attempt : pair.epoch() + 1, attempt, target.name(), dry);
        boolean late = around.chance().oneIn(5);
        int ran = target.history().size();
        var traffic = new SimulatedTraffic(around, pair, stragglers == Stragglers.CANCEL);
        if (late && flaw == Flaw.LETS_GO_AHEAD) {
            traffic.opensTowards(target.name());
        }
        var passage =
                new SimulatedPassage(
                        around,
                        pair,
                        source,
                        target,
                        flaw == Flaw.RELEASES_EARLY ? traffic::releaseEarly : () -> {});
        var ending =
                new Cutover(
                                new Plan(
                                        claim,
                                        source.name(),
                                        settings(stragglers, late ? Duration.ZERO : LONG),
                                        OURS,
                                        Set.of()),
                                new Cutover.Parts(
                                        passage,
                                        traffic,
                                        new SimulatedBooks(around, pair, claim, traffic),
                                        new Course(around.gate().database(), meter, _ -> {}),
                                        will),
                                this::passed,
                                new Silence(Duration.ofHours(1), Duration.ZERO))
                        .run();
        around.troubles().takingBack(false);
        if (late) {
            heldTooLong = ending.clients().held() > 0;
            verifyUndone(ending.outcome(), source, target.history().size() - ran);
        }
        if (ending.outcome() == Outcome.SWITCHED) {
            follow(source, target);
        }
        return ending.outcome();
    }

    /// A hold whose limit has passed leads back: whoever was held is run on the source, and nobody
    /// has run anything on the target. Where not even that could be written, they stay held.
    private void verifyUndone(Outcome outcome, SimulatedServer source, int ranOnTarget) {
        var serving = around.routes().current(around.gate().database()).server();
        boolean right =
                switch (outcome) {
                    case SWITCHED, REHEARSED -> false;
                    case REFUSED, ROLLED_BACK ->
                            serving.equals(source.name())
                                    && pair.serving().equals(source.name())
                                    && ranOnTarget == 0;
                    case UNKNOWN -> serving.equals(source.name()) && ranOnTarget == 0;
                };
        if (!right) {
            around.troubles()
                    .fault(
                            "a hold beyond its limit: %s, %s serves, %d ran on the target"
                                    .formatted(outcome, serving, ranOnTarget));
        }
    }

    /// What follows a switch, whether the run itself ended well or recovery has settled it.
    public void follow(SimulatedServer source, SimulatedServer target) {
        target.fenced(false);
        around.pools().unseal(around.gate().database(), target.name());
        around.pools().unseal(around.gate().database(), source.name());
        around.pools().retire(around.gate().database(), source.name());
        if (pair.from() == source) {
            pair.flows(false);
            around.go(around.chance().below(10));
            pair.turn();
            around.go(around.chance().below(10));
            pair.flows(true);
        }
    }

    private void passed(Step step) {
        around.go(around.chance().below(5));
        if (step != Step.UNDONE && around.stormy() && around.chance().oneIn(120)) {
            throw new IllegalStateException("a fault behind " + step);
        }
    }

    /// The clock of a run is real; what must not depend on it is either at once or never.
    private static CutoverSettings settings(Stragglers stragglers, Duration holdLimit) {
        var usual = CutoverSettings.defaults();
        return new CutoverSettings(
                Duration.ZERO,
                Duration.ZERO,
                holdLimit,
                stragglers,
                1,
                Duration.ZERO,
                true,
                usual.strangers(),
                Set.of(),
                usual.sequences(),
                usual.maxLagBytes());
    }
}
