package dev.pointsman.core.gate;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/// Where one session stands at its gate: outside, held or inside. A link of the gate's own lists,
/// so that entering and leaving allocate nothing. Touched on the session's event loop only.
public final class Place {
    enum Where {
        OUT,
        HELD,
        INSIDE
    }

    private final @Nullable Gated session;
    Place previous = this;
    Place next = this;
    Where where = Where.OUT;

    /// The number drawn when the session first asked for this transaction; 0: none drawn.
    long turn;

    /// Ticker time at which the session came to be held, or to wait otherwise.
    long heldSince;

    /// Where its wait is counted while it stands outside the gate and a statement of its has to
    /// wait; the links belong to that list then.
    Waits.@Nullable OnLoop waits;

    /// Bytes that the client has sent while held.
    long bytes;

    public Place(Gated session) {
        this.session = session;
    }

    private Place() {
        session = null;
    }

    /// The two ends of a list in one; belongs to no session.
    static Place head() {
        return new Place();
    }

    Gated session() {
        return Objects.requireNonNull(session);
    }

    /// Whether the session waits at the gate.
    public boolean isHeld() {
        return where == Where.HELD;
    }

    /// Whether the session counts as inside.
    public boolean isInside() {
        return where == Where.INSIDE;
    }

    void linkAfter(Place before) {
        previous = before;
        next = before.next;
        before.next.previous = this;
        before.next = this;
    }

    void unlink() {
        previous.next = next;
        next.previous = previous;
        previous = this;
        next = this;
    }
}
