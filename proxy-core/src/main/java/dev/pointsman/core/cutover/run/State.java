package dev.pointsman.core.cutover.run;

import dev.pointsman.core.cutover.report.Stage;
import dev.pointsman.core.migration.passage.Passage.Arrived;
import dev.pointsman.core.migration.passage.Passage.Marked;

/// Where a run is, with what it knows there.
///
/// ```
/// Checking → Clearing → Warming → Calming → Fencing → Holding → Draining → Marking → Arriving
///   → Deciding → Swapping → Releasing → Following
/// anything from Fencing to Deciding → Undoing
/// ```
sealed interface State {
    record Checking(String source, String target) implements State {}

    record Clearing() implements State {}

    record Warming(String target) implements State {}

    record Calming() implements State {}

    record Fencing(String means) implements State {}

    record Holding(long attempt) implements State {}

    record Draining() implements State {}

    record Marking(long marker) implements State {}

    record Arriving(Marked marked) implements State {}

    record Deciding(Arrived arrived, long epoch) implements State {}

    record Swapping(String target, long epoch) implements State {}

    record Releasing() implements State {}

    record Undoing(String why) implements State {}

    record Following() implements State {}

    default Stage stage() {
        return switch (this) {
            case Checking _ -> Stage.CHECK;
            case Clearing _ -> Stage.LEFTOVERS;
            case Warming _ -> Stage.WARM;
            case Calming _ -> Stage.CALM;
            case Fencing _ -> Stage.FENCE;
            case Holding _ -> Stage.HOLD;
            case Draining _ -> Stage.DRAIN;
            case Marking _ -> Stage.MARK;
            case Arriving _ -> Stage.ARRIVE;
            case Deciding _ -> Stage.DECIDE;
            case Swapping _ -> Stage.SWAP;
            case Releasing _ -> Stage.RELEASE;
            case Undoing _ -> Stage.UNDO;
            case Following _ -> Stage.AFTER;
        };
    }

    default String detail() {
        return switch (this) {
            case Checking(var source, var target) -> source + " to " + target;
            case Warming(var target) -> "connections to " + target;
            case Fencing(var means) -> means;
            case Holding(var attempt) -> "attempt " + attempt;
            case Arriving(var marked) -> "source at " + marked.sourceLsn();
            case Deciding(var arrived, var epoch) ->
                    "epoch " + epoch + ", target at " + arrived.targetLsn();
            case Swapping(var target, var epoch) -> target + " from epoch " + epoch + " on";
            case Undoing(var why) -> why;
            case Clearing _, Calming _, Draining _, Marking _, Releasing _, Following _ -> "";
        };
    }
}
