package dev.pointsman.core.simulation.client;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// What was done to this world on purpose, and when, so that an error can be told from a fault.
/// Steps are counted from the beginning.
public final class Troubles {
    private static final boolean TOLD = Boolean.getBoolean("simulation.told");

    private final List<String> faults = new ArrayList<>();
    private int now;
    private int servers = -1;
    private int takenBack = -1;
    private boolean takingBack;

    public int now() {
        return now;
    }

    public void tick() {
        now++;
    }

    /// A server, or its network, was disturbed for everybody.
    public void servers() {
        servers = now;
    }

    /// A cutover ends transactions that are in its way, from now on until it is over.
    public void takingBack(boolean begins) {
        boolean wasTakingBack = takingBack;
        takingBack = begins;
        if (wasTakingBack) {
            takenBack = now;
        }
    }

    boolean serversSince(int step) {
        return servers >= step;
    }

    boolean takenBackSince(int step) {
        return takingBack || takenBack >= step;
    }

    /// Tells what happens, with `-Dsimulation.told=true`.
    public void say(Supplier<String> what) {
        if (TOLD) {
            System.out.println(now + " " + what.get());
        }
    }

    /// Something is not as it must be.
    public void fault(String what) {
        faults.add("step " + now + ": " + what);
    }

    public List<String> faults() {
        return faults;
    }
}
