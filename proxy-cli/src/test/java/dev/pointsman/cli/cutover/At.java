package dev.pointsman.cli.cutover;

import dev.pointsman.core.cutover.run.Step;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Does things at steps of a run, on the run's own thread, so that the run stands still meanwhile.
/// Each is done once; what goes wrong there is kept for the test and not thrown into the run.
public final class At implements Step.Watch {
    /// What a test does in the middle of a run.
    @FunctionalInterface
    public interface Deed {
        void happen() throws Exception;
    }

    private final Map<Step, Deed> deeds = new EnumMap<>(Step.class);
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    /// The next time that `step` has been passed.
    public synchronized At at(Step step, Deed deed) {
        deeds.put(step, deed);
        return this;
    }

    /// A transaction of this client is open when the gate closes, and ends behind it: however short
    /// those of other clients are, one is drained.
    public void straddle(Connection client) {
        at(Step.OPENED, () -> set(client, "begin"));
        at(Step.HELD, () -> set(client, "commit"));
    }

    private static void set(Connection client, String command) throws SQLException {
        try (var statement = client.createStatement()) {
            statement.execute(command);
        }
    }

    private synchronized Deed take(Step step) {
        var deed = deeds.remove(step);
        return deed == null ? () -> {} : deed;
    }

    @Override
    public void passed(Step step) {
        try {
            take(step).happen();
        } catch (Exception | AssertionError e) {
            failures.add(e);
        }
    }

    /// Fails when a deed failed, or has not happened.
    public synchronized void verify() {
        for (var failure : failures) {
            throw new AssertionError("what was done in the middle of the run failed", failure);
        }
        if (!deeds.isEmpty()) {
            throw new AssertionError("the run has not passed " + deeds.keySet());
        }
    }
}
