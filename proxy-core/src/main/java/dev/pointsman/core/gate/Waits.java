package dev.pointsman.core.gate;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;

/// How long clients waited because of one hold: each from when its statement was held until that
/// went on to a server. The hold is a part of it; behind the release come the wait for a server
/// connection and, for a session that keeps one, being carried to the server that serves now. Who
/// was not held but sent a statement while it was still to be carried, counts from then on.
///
/// `clients` waited; `waiting` of them did so still when this was asked, and those held beyond this
/// hold by another: they count with their time so far. So do those who went away meanwhile.
public record Waits(int clients, int waiting, Duration longest, Duration median) {
    /// Nobody had to wait.
    public static final Waits NONE = new Waits(0, 0, Duration.ZERO, Duration.ZERO);

    private static Waits of(long[] sorted, int waiting) {
        int clients = sorted.length;
        return clients == 0
                ? NONE
                : new Waits(
                        clients,
                        waiting,
                        Duration.ofNanos(sorted[clients - 1]),
                        Duration.ofNanos(sorted[clients / 2]));
    }

    static Waits of(Collection<Taken> parts) {
        return of(
                parts.stream()
                        .flatMapToLong(part -> Arrays.stream(part.nanos()))
                        .sorted()
                        .toArray(),
                parts.stream().mapToInt(Taken::waiting).sum());
    }

    /// What one event loop answers.
    @SuppressWarnings("ArrayRecordComponent") // handed over once
    record Taken(long[] nanos, int waiting) {
        static final Taken NOTHING = new Taken(new long[0], 0);
    }

    /// What one event loop keeps: a list of those still waiting, by the links of their places, and
    /// the times of the others. It costs those something who had to wait, and nobody else.
    static final class OnLoop {
        private final Place waiting = Place.head();
        private long[] nanos = new long[0];
        private int count;

        /// Somebody outside the gate waits since then.
        void begin(Place place, long since) {
            place.waits = this;
            place.heldSince = since;
            place.linkAfter(waiting.previous);
        }

        /// The statement goes on, or is given up.
        static void end(Place place, long now) {
            OnLoop waits = place.waits;
            if (waits != null) {
                place.waits = null;
                place.unlink();
                waits.add(now - place.heldSince);
            }
        }

        void add(long waited) {
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, Math.max(16, 2 * count));
            }
            nanos[count++] = waited;
        }

        boolean isOver() {
            return waiting.next == waiting;
        }

        Taken take(long now) {
            int over = count;
            for (Place place = waiting.next; place != waiting; place = place.next) {
                add(now - place.heldSince);
            }
            return new Taken(Arrays.copyOf(nanos, count), count - over);
        }
    }
}
