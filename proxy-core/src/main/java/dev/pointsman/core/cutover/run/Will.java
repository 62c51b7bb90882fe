package dev.pointsman.core.cutover.run;

import java.util.concurrent.atomic.AtomicReference;

/// Whether a run may still be cancelled. Cancelling and deciding exclude each other: whichever
/// comes first wins. Any thread.
public final class Will {
    private enum Is {
        FREE,
        CANCELLED,
        DECIDED
    }

    private final AtomicReference<Is> is = new AtomicReference<>(Is.FREE);

    /// False when the run has decided already.
    public boolean cancel() {
        is.compareAndSet(Is.FREE, Is.CANCELLED);
        return is.get() == Is.CANCELLED;
    }

    public boolean isCancelled() {
        return is.get() == Is.CANCELLED;
    }

    void requireFree() throws Abort {
        if (isCancelled()) {
            throw Abort.because("it was cancelled");
        }
    }

    /// The last moment at which a cancel counts.
    void decide() throws Abort {
        if (!is.compareAndSet(Is.FREE, Is.DECIDED)) {
            throw Abort.because("it was cancelled");
        }
    }
}
