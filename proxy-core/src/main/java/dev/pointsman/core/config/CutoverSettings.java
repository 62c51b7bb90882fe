package dev.pointsman.core.config;

import java.time.Duration;
import java.util.Set;

/// How a cutover of one database behaves.
///
/// @param calmTimeout how long to look for a moment without long transactions before the hold
/// @param drainTimeout how long transactions inside may take to end
/// @param holdLimit how long clients are held at most before the outcome is decided
/// @param attempts how often an attempt is made that stragglers stop
/// @param attemptPause between two attempts
/// @param fence whether others are kept from the source
/// @param ignoreStrangers users whose sessions past the proxy do not count
/// @param maxLagBytes how far the target may be behind for a cutover to begin
public record CutoverSettings(
        Duration calmTimeout,
        Duration drainTimeout,
        Duration holdLimit,
        Stragglers stragglers,
        int attempts,
        Duration attemptPause,
        boolean fence,
        Strangers strangers,
        Set<String> ignoreStrangers,
        Sequences sequences,
        long maxLagBytes) {

    public CutoverSettings {
        ignoreStrangers = Set.copyOf(ignoreStrangers);
    }

    /// The same with a hold that is no longer than `limit`; zero sets no other limit.
    public CutoverSettings holdingAtMost(Duration limit) {
        return limit.isZero() || limit.compareTo(holdLimit) >= 0
                ? this
                : new CutoverSettings(
                        calmTimeout,
                        drainTimeout,
                        limit,
                        stragglers,
                        attempts,
                        attemptPause,
                        fence,
                        strangers,
                        ignoreStrangers,
                        sequences,
                        maxLagBytes);
    }

    /// What holds where a file says nothing.
    public static CutoverSettings defaults() {
        return new CutoverSettings(
                Duration.ofSeconds(30),
                Duration.ofMillis(500),
                Duration.ofSeconds(2),
                Stragglers.ABORT,
                3,
                Duration.ofSeconds(10),
                true,
                Strangers.REFUSE,
                Set.of(),
                Sequences.EXACT,
                1 << 20);
    }

    /// What becomes of transactions that are still inside when the drain time is over.
    public enum Stragglers {
        ABORT,
        CANCEL,
        WAIT
    }

    /// What becomes of sessions on the source that are not ours.
    public enum Strangers {
        REFUSE,
        TERMINATE,
        TOLERATE
    }

    /// Whether sequences go on exactly where they stood, or beyond a gap.
    public enum Sequences {
        EXACT,
        GAP
    }
}
