package dev.pointsman.cli.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.core.cutover.run.Step;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Kills of one pair of servers, one after the other, and what must be true after each: clients go
/// on at the right server, once it is certain which that is, and nothing is lost or doubled.
final class Cases {
    /// The target has committed the decision.
    private static final Set<Step> DECIDED = EnumSet.range(Step.DECIDED, Step.RELEASED);

    private static final Set<Step> AFTER = EnumSet.range(Step.SOURCE_TOLD, Step.FINISHED);

    /// Past the decision, whose answer was lost.
    private static final Set<Step> UNDONE = EnumSet.of(Step.UNDO_COMMITTED, Step.UNDONE);

    private final CrashLab lab;
    private String serving = "blue";
    private boolean everLeft;

    Cases(CrashLab lab) {
        this.lab = lab;
    }

    /// Who is away when the proxy starts again.
    enum Away {
        NOBODY,
        SOURCE,
        TARGET
    }

    /// What is left of the state folder when it does.
    enum State {
        KEPT,
        LOST
    }

    /// A kill at a step and what the next proxy finds.
    record Kill(Step step, Away away, State state) {
        static Kill at(Step step) {
            return new Kill(step, Away.NOBODY, State.KEPT);
        }

        @Override
        public String toString() {
            return "killed at %s, away: %s, state: %s".formatted(step, away, state);
        }

        /// The source carries an undo that counts more than any decision of the attempt.
        boolean undone() {
            return UNDONE.contains(step);
        }

        /// The one who can say that it was undone is away, and the journal knows of no undo: nobody
        /// has been let go on the source, and the decision can be seen.
        private boolean undoIsUnseen() {
            return step == Step.UNDO_COMMITTED && away == Away.SOURCE && state == State.KEPT;
        }

        private boolean decided() {
            return DECIDED.contains(step) || AFTER.contains(step);
        }

        /// Whether nothing can be known before everybody is back.
        private boolean holds() {
            return switch (away) {
                case NOBODY -> false;
                case SOURCE -> state == State.LOST || !(decided() || undone());
                case TARGET -> state == State.LOST && !undone();
            };
        }

        /// A decision that is known to the target alone is not known without it.
        private boolean leadsOn() {
            return undoIsUnseen()
                    || (decided()
                            && (step != Step.DECIDED
                                    || away != Away.TARGET
                                    || state == State.LOST));
        }

        private boolean servesTheOneAway() {
            return switch (away) {
                case NOBODY -> false;
                case SOURCE -> undone() && !leadsOn() && !holds();
                case TARGET -> leadsOn() && !holds();
            };
        }
    }

    /// After all that is to be true of it, the proxy that came after the kill reports of a cutover
    /// that it rehearses, under the same load.
    void happens(Kill kill) throws Exception {
        isSurvived(kill);
        lab.rehearses(CrashLab.other(serving));
    }

    /// The same without that, and so without another marker.
    void isSurvived(Kill kill) throws Exception {
        var source = serving;
        var target = CrashLab.other(source);
        lab.killAt(kill.step(), target);
        var gone =
                switch (kill.away()) {
                    case NOBODY -> List.<String>of();
                    case SOURCE -> List.of(source);
                    case TARGET -> List.of(target);
                };
        for (var server : gone) {
            lab.server(server).crash();
        }
        switch (kill.state()) {
            case KEPT -> {}
            case LOST -> {
                lab.forgetState();
                lab.ageHeartbeats();
            }
        }

        // when
        lab.restart();

        // then
        serving = kill.leadsOn() ? target : source;
        everLeft |= kill.leadsOn();
        if (kill.holds()) {
            holds();
        } else {
            lab.awaitServing(serving);
        }
        if (!kill.holds() && !kill.servesTheOneAway()) {
            lab.awaitWrites();
        }
        for (var server : gone) {
            lab.server(server).restart();
        }
        if (kill.state() == State.LOST) {
            lab.ageHeartbeats();
        }
        isWell();
    }

    /// A stop in the middle of a cutover, which goes on meanwhile or is stuck there.
    void isStopped(Step step, boolean stuck) throws Exception {
        var target = CrashLab.other(serving);
        lab.stopsAt(step, stuck, target);

        // when
        lab.restart();

        // then
        if (!stuck || DECIDED.contains(step)) {
            wasLedTo(target);
        }
        isWell();
    }

    /// A cutover that was led on to a server by others than this.
    void wasLedTo(String server) {
        serving = server;
        everLeft = true;
    }

    private void holds() {
        var before = lab.writers().acknowledged();
        assertThat(lab.route()).containsEntry("state", "undecided");
        assertThat(summary()).anyMatch(text -> text.startsWith("held: "));
        assertThat(lab.repair("").getFirst()).startsWith("cannot be settled: ");
        lab.isRefusedAsNotAvailable();
        assertThat(lab.writers().acknowledged()).isEqualTo(before);
    }

    private List<String> summary() {
        return lab.why().stream()
                .filter(row -> row.getOrDefault("found_in", "").equals("summary"))
                .map(row -> row.get("unfinished"))
                .toList();
    }

    /// Everybody is there again, and it is as if nothing had happened, or as if the cutover had.
    void isWell() throws Exception {
        lab.awaitServing(serving);
        lab.awaitWrites();
        CrashLab.awaiting("an end of what follows")
                .untilAsserted(() -> assertThat(summary()).isEmpty());
        assertThat(lab.why())
                .filteredOn(row -> row.getOrDefault("decides", "").equals("t"))
                .isNotEmpty()
                .allSatisfy(row -> assertThat(row.get("server")).isEqualTo(serving));
        assertThat(lab.isFenced(serving)).as("%s fenced", serving).isFalse();
        assertThat(lab.isFenced(CrashLab.other(serving)))
                .as("the other fenced")
                .isEqualTo(everLeft);
        lab.repair("");
        assertThat(lab.repair("")).containsExactly("nothing was unfinished");
        lab.awaitWrites();
        assertThat(lab.faults(serving)).isEmpty();
    }

    /// A cutover that nobody disturbs, with a proxy that lives.
    void leadsBack() throws Exception {
        wasLedTo(CrashLab.other(serving));
        lab.crosses(serving);
        isWell();
    }

    /// The writers stop, and both servers end up with the same.
    void balance() throws Exception {
        lab.writers().stop();
        assertThat(lab.faults(serving)).isEmpty();
        CrashLab.awaiting("the other server to have everything too")
                .untilAsserted(() -> assertThat(lab.faults(CrashLab.other(serving))).isEmpty());
    }
}
