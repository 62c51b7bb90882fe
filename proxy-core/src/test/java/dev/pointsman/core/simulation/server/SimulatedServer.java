package dev.pointsman.core.simulation.server;

import dev.pointsman.core.simulation.net.Chance;
import dev.pointsman.core.simulation.net.SimulatedChannel;
import dev.pointsman.core.simulation.server.Ledger.Op;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// A model of one PostgreSQL server: its processes, its history, and what replication has brought.
public final class SimulatedServer {
    private static final int SETTLED = 60;

    private final String name;
    private final int port;
    private final Ledger ledger;
    private final Chance chance;
    private final List<Backend> backends = new ArrayList<>();
    private final List<SimulatedChannel> leaving = new ArrayList<>();
    private final List<SimulatedChannel> cut = new ArrayList<>();
    private final List<Op> history = new ArrayList<>();
    private final BitSet visible = new BitSet();
    private int applied;
    private int nextPid;
    private boolean up = true;
    private boolean fenced;

    public SimulatedServer(String name, int port, Ledger ledger, Chance chance) {
        this.name = name;
        this.port = port;
        this.ledger = ledger;
        this.chance = chance;
        this.nextPid = port;
    }

    public String name() {
        return name;
    }

    public int port() {
        return port;
    }

    public boolean isUp() {
        return up;
    }

    /// Whether logins are kept out.
    public boolean isFenced() {
        return fenced;
    }

    public void fenced(boolean now) {
        fenced = now;
    }

    public List<Backend> backends() {
        return backends;
    }

    /// The writes that were committed here, in order, without replicated ones.
    public List<Op> history() {
        return history;
    }

    /// Whether a reader here sees the write.
    public boolean sees(Op op) {
        return visible.get(op.id());
    }

    /// Somebody connects. A server that is down refuses.
    public void accept(SimulatedChannel channel) {
        if (up) {
            channel.connected();
            backends.add(new Backend(this, channel, ++nextPid));
        } else {
            channel.refused();
        }
    }

    /// All processes end, as after a crash: what was not committed is gone. Clients hear nothing.
    public void crash() {
        up = false;
        List.copyOf(backends).forEach(this::kill);
    }

    /// One process dies without a word.
    public void kill(Backend backend) {
        backend.die();
        backends.remove(backend);
        cut.add(backend.channel());
    }

    /// One process is told to end, and says so.
    public void terminate(Backend backend) {
        backend.terminate();
        backends.remove(backend);
        cut.add(backend.channel());
    }

    /// Whether processes have died of which the proxy has not learnt yet.
    public boolean hasUnnoticedDeaths() {
        cut.removeIf(SimulatedChannel::isClosed);
        return !cut.isEmpty();
    }

    /// What waits to be handed to the proxy, if anything: by chance one channel of many.
    public @Nullable SimulatedChannel toDeliver() {
        leaving.removeIf(SimulatedChannel::isClosed);
        int all = backends.size() + leaving.size() + cut.size();
        int first = all == 0 ? 0 : chance.below(all);
        for (int i = 0; i < all; i++) {
            SimulatedChannel channel = channel((first + i) % all);
            if (channel.canDeliver()) {
                return channel;
            }
        }
        return null;
    }

    private SimulatedChannel channel(int index) {
        int left = index - backends.size();
        if (left < 0) {
            return backends.get(index).channel();
        }
        return left < leaving.size() ? leaving.get(left) : cut.get(left - leaving.size());
    }

    public void start() {
        up = true;
    }

    /// Applies at most so many commits of the other server's history; says whether all are.
    public boolean replicateFrom(SimulatedServer other, int most) {
        for (int i = 0; i < most && applied < other.history.size(); i++) {
            visible.set(other.history.get(applied++).id());
        }
        return applied == other.history.size();
    }

    /// How much of the other server's history is here.
    public int applied() {
        return applied;
    }

    /// Whether some process of ours runs something or may yet run something.
    public boolean isBusy() {
        return backends.stream().anyMatch(Backend::isBusy);
    }

    /// One process does one thing; false when none has anything to do.
    public boolean step() {
        int size = backends.size();
        int first = size == 0 ? 0 : chance.below(size);
        for (int i = 0; i < size; i++) {
            Backend backend = backends.get((first + i) % size);
            if (backend.step()) {
                if (backend.isOver()) {
                    backends.remove(backend);
                    leaving.add(backend.channel());
                }
                return true;
            }
        }
        return false;
    }

    /// Everything that can be done is done.
    public boolean settle() {
        boolean any = false;
        for (int i = 0; i < SETTLED && step(); i++) {
            any = true;
        }
        return any;
    }

    Chance chance() {
        return chance;
    }

    Ledger ledger() {
        return ledger;
    }

    void commit(List<Op> ops) {
        for (var op : ops) {
            ledger.committed(op, name);
            history.add(op);
            visible.set(op.id());
        }
        ops.clear();
    }

    void cancel(int pid, int secret) {
        for (var backend : backends) {
            if (backend.pid() == pid && secret == Backend.secret(pid)) {
                backend.cancel();
            }
        }
    }
}
