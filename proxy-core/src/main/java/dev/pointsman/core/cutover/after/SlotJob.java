package dev.pointsman.core.cutover.after;

/// The job of a migration that moves waiting slots. A run must not meet it: a call that is delayed
/// beyond the release would skip what clients write afterwards.
public interface SlotJob {
    /// Returns once the job's last call was answered.
    void stop(String database);

    /// Lets it go on, with no memory of positions read before.
    void resume(String database);
}
