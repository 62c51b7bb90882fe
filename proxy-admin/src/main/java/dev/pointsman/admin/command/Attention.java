package dev.pointsman.admin.command;

import dev.pointsman.core.wire.Refused;

/// Carries Ctrl-C and the loss of the connection to the one command that runs. What a command has
/// not asked for changes nothing: it runs to its end. Any thread.
public final class Attention {
    private Runnable onCancel = Attention::nothing;
    private Runnable onLost = Attention::nothing;
    private boolean lost;

    /// What a command does while it listens.
    @FunctionalInterface
    public interface Work<T> {
        T run() throws Refused, InterruptedException;
    }

    /// Runs `work` on this thread; Ctrl-C and a lost connection interrupt it.
    public <T> T interrupting(Work<T> work) throws Refused, InterruptedException {
        var thread = Thread.currentThread();
        return during(thread::interrupt, thread::interrupt, work);
    }

    /// Runs `work` on this thread; Ctrl-C runs `cancel`, a lost connection changes nothing.
    public <T> T cancelling(Runnable cancel, Work<T> work) throws Refused, InterruptedException {
        return during(cancel, Attention::nothing, work);
    }

    private <T> T during(Runnable cancel, Runnable gone, Work<T> work)
            throws Refused, InterruptedException {
        listen(cancel, gone);
        try {
            return work.run();
        } finally {
            settle();
        }
    }

    /// Nobody listens any more; an interrupt that came too late to end anything is cleared.
    private synchronized void settle() {
        onCancel = Attention::nothing;
        onLost = Attention::nothing;
        Thread.interrupted();
    }

    private static void nothing() {}

    private synchronized void listen(Runnable cancel, Runnable gone) {
        onCancel = cancel;
        onLost = gone;
        if (lost) {
            onLost.run();
        }
    }

    /// Ctrl-C: the operator sent a cancel request.
    public synchronized void cancel() {
        onCancel.run();
    }

    /// The connection is gone, for this command and all that are still queued.
    public synchronized void lose() {
        lost = true;
        onLost.run();
    }
}
