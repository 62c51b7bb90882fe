package dev.pointsman.core.cutover.run;

/// Points of a run that have just been passed, in order. What may go wrong between any two of them
/// is what recovery is for.
public enum Step {
    CHECKED,
    WARMED,
    FENCED,
    OPENED,
    HELD,
    DRAINED,
    MARKED,
    ARRIVED,
    CONFIRMED,
    DECIDED,
    JOURNALLED,
    SWAPPED,
    RELEASED,
    /// The source carries the undo, of which the journal does not know yet.
    UNDO_COMMITTED,
    UNDONE,
    SOURCE_TOLD,
    FORWARD_DISABLED,
    ORIGIN_ADVANCED,
    REVERSE_ENABLED,
    FINISHED;

    /// Is told each step on the thread of the run, before the next begins; what it throws or does
    /// to the process happens there.
    @FunctionalInterface
    public interface Watch {
        void passed(Step step);

        /// Watches nothing.
        Watch NONE = _ -> {};
    }
}
