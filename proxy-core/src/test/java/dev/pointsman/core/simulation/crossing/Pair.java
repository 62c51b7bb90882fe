package dev.pointsman.core.simulation.crossing;

import dev.pointsman.core.simulation.server.SimulatedServer;

/// The two servers and the replication between them, which flows one way at a time; and what their
/// records and the journal say.
public final class Pair {
    private final SimulatedServer blue;
    private final SimulatedServer green;
    private SimulatedServer from;
    private boolean flows = true;
    private String recorded;
    private long epoch;
    private long attempts;
    private String journal;
    private long journalled;

    public Pair(SimulatedServer blue, SimulatedServer green) {
        this.blue = blue;
        this.green = green;
        from = blue;
        recorded = blue.name();
        journal = blue.name();
    }

    public SimulatedServer of(String name) {
        return name.equals("blue") ? blue : green;
    }

    public SimulatedServer other(SimulatedServer one) {
        return one == blue ? green : blue;
    }

    /// Changes flow from here to the other.
    public SimulatedServer from() {
        return from;
    }

    /// A few changes go over, if they flow at all.
    public void replicate(int most) {
        if (flows) {
            other(from).replicateFrom(from, most);
        }
    }

    /// Changes flow no more, and begin to flow the other way.
    public void turn() {
        from = other(from);
    }

    public void flows(boolean now) {
        flows = now;
    }

    /// A row in a record table: who serves from which epoch on.
    void record(long newEpoch, String server) {
        if (newEpoch <= epoch) {
            throw new IllegalStateException("epoch " + newEpoch + " after " + epoch);
        }
        epoch = newEpoch;
        recorded = server;
    }

    void journal(long newEpoch, String server) {
        journalled = newEpoch;
        journal = server;
    }

    /// Who serves as the records and the journal have it: the highest epoch does.
    public String serving() {
        return journalled >= epoch ? journal : recorded;
    }

    public long epoch() {
        return Math.max(epoch, journalled);
    }

    long nextAttempt() {
        return ++attempts;
    }
}
