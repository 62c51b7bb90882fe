package dev.pointsman.core.gate;

import java.time.Duration;

/// What one hold did to clients, over all event loops.
///
/// `clientsHeld` were at the gate at some moment of the hold; `clientsGone` of them left before it
/// ended; `bytesHeld` had been sent by those let go. `longestHold` is the longest time that any one
/// client spent at the gate within this hold. `drained` sessions were inside when the gate closed
/// and left in good order, `stillInside` were so when it opened. `lasted` is the time from the call
/// that closed the gate until the last held session had been let go.
public record HoldFigures(
        int clientsHeld,
        int clientsGone,
        long bytesHeld,
        Duration longestHold,
        int drained,
        int stillInside,
        Duration lasted) {
    /// Of a hold that did nothing.
    public static final HoldFigures NONE =
            new HoldFigures(0, 0, 0, Duration.ZERO, 0, 0, Duration.ZERO);

    HoldFigures plus(HoldFigures other) {
        return new HoldFigures(
                clientsHeld + other.clientsHeld,
                clientsGone + other.clientsGone,
                bytesHeld + other.bytesHeld,
                longer(longestHold, other.longestHold),
                drained + other.drained,
                stillInside + other.stillInside,
                longer(lasted, other.lasted));
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
