package dev.pointsman.core.cutover.record;

import dev.pointsman.core.config.CutoverSettings;

import java.time.Duration;

/// What bounds the silence of one attempt, in which no heartbeat is written: it lasts from the
/// promise of it, right before the fence, to the release or the undo. The wait for calm and the
/// pauses between attempts are not part of it, since hearts beat then; the drain is part of the
/// hold.
///
/// `beforeHold`: an attempt whose hold has not begun by then is given up, so that nothing is ever
/// decided later than others were told that it might be. `undo`: how long an undo that cannot be
/// written is tried before clients are left held.
public record Silence(Duration beforeHold, Duration undo) {
    /// Logins that end, the fence, and strangers that go are waited for no longer than this.
    public static final Silence LIMITS =
            new Silence(Duration.ofSeconds(45), Duration.ofSeconds(10));

    /// For the answer of a server that the last try of an undo waits for.
    private static final Duration ANSWER = Duration.ofSeconds(5);

    /// How long it lasts at most, with the hold that the configuration allows.
    public Duration promised(CutoverSettings settings) {
        return beforeHold.plus(settings.holdLimit()).plus(undo).plus(ANSWER);
    }
}
