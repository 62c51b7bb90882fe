package dev.pointsman.core.simulation.server;

import java.util.ArrayList;
import java.util.List;

/// Every write that any client ever asked for: what its client was told, and where it was run.
public final class Ledger {
    /// What a client knows of a write of its own.
    public enum Fate {
        /// No answer yet.
        OPEN,
        /// Its transaction was said to be committed.
        ACKNOWLEDGED,
        /// It was said to have failed: it must never be run.
        FAILED,
        /// The connection ended, or the answer said so: run once or not at all.
        UNKNOWN
    }

    /// One write.
    public static final class Op {
        final int id;
        final int client;
        int runs;
        int order;
        String where = "";
        Fate fate = Fate.OPEN;

        Op(int id, int client) {
            this.id = id;
            this.client = client;
        }

        public int id() {
            return id;
        }

        public int client() {
            return client;
        }

        public Fate fate() {
            return fate;
        }

        public boolean wasRun() {
            return runs > 0;
        }

        /// The server that ran it; empty when none has.
        public String where() {
            return where;
        }

        /// What its client has learnt. A write that has failed stays failed.
        public void fate(Fate now) {
            if (fate != Fate.FAILED) {
                fate = now;
            }
        }

        @Override
        public String toString() {
            return "write %d of client %d (%s, run %d times on %s)"
                    .formatted(id, client, fate, runs, where);
        }
    }

    private final List<Op> ops = new ArrayList<>();
    private int executions;

    /// A client asks for another write.
    public Op begin(int client) {
        var op = new Op(ops.size(), client);
        ops.add(op);
        return op;
    }

    public Op of(int id) {
        return ops.get(id);
    }

    public List<Op> all() {
        return ops;
    }

    /// How many writes were committed so far.
    public int executions() {
        return executions;
    }

    void committed(Op op, String server) {
        op.runs++;
        op.where = server;
        op.order = ++executions;
    }

    /// How often a write was committed.
    public int runs(Op op) {
        return op.runs;
    }

    /// The place of a committed write among all.
    public int order(Op op) {
        return op.order;
    }
}
