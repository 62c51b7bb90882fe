package dev.pointsman.core.cluster.watch;

import java.util.concurrent.atomic.AtomicReference;

/// The reason that was told last, so that whoever meets the same one every few seconds tells of it
/// once. Thread-safe.
public final class LastReason {
    private final AtomicReference<String> told = new AtomicReference<>("");

    /// Whether it is another than the last one, which it is from now on.
    public boolean isNew(String why) {
        return !why.equals(told.getAndSet(why));
    }

    /// What comes next is new, whatever it is.
    public void forget() {
        told.set("");
    }
}
