package dev.pointsman.core.simulation;

import dev.pointsman.core.gate.GateCounts;
import dev.pointsman.core.gate.ManualLoop;
import dev.pointsman.core.pool.PoolSlots;
import dev.pointsman.core.simulation.client.SimulatedClient;
import dev.pointsman.core.simulation.server.Ledger.Fate;
import dev.pointsman.core.simulation.server.Ledger.Op;
import dev.pointsman.core.simulation.server.SimulatedServer;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// The end of a run: everything is mended, everybody finishes, and then all must be as it should.
final class Ending {
    private static final int ROUNDS = 400;
    private static final GateCounts NOBODY = new GateCounts(0, 0, 0);

    private final Simulation world;
    private final Events events;

    Ending(Simulation world, Events events) {
        this.world = world;
        this.events = events;
    }

    Verdict run() {
        world.troubles.servers();
        world.servers().forEach(SimulatedServer::start);
        events.resumeAll();
        events.recover();
        world.clients.forEach(client -> client.channel().stalled(false));
        finish();
        world.clients.forEach(SimulatedClient::lastWrite);
        finish();
        boolean sound = world.troubles.faults().isEmpty();
        if (sound) {
            checkProxy();
            checkWrites();
            leave();
        }
        return new Verdict(
                world.seed,
                world.troubles.faults(),
                world.log.hash(),
                (int)
                        world.ledger.all().stream()
                                .filter(op -> op.fate() == Fate.ACKNOWLEDGED)
                                .count(),
                events.crossings,
                events.switched,
                events.heldTooLong,
                world.proxy.handedOver());
    }

    /// Everybody does what is left to do, and so does the proxy for those who have gone: one of
    /// them may wait for a server whose next connection is some time away, and then be run.
    private void finish() {
        for (int i = 0; i < ROUNDS && !isQuiet(); i++) {
            round();
        }
        for (SimulatedClient client : world.clients) {
            require(isThrough(client), () -> "waits although nothing is in its way: " + client);
        }
    }

    private boolean isQuiet() {
        return world.clients.stream().allMatch(Ending::isThrough)
                && world.gate().counts().equals(NOBODY);
    }

    private static boolean isThrough(SimulatedClient client) {
        return client.isOver() ? client.channel().isClosed() : client.isQuiet();
    }

    private void round() {
        for (SimulatedClient client : world.clients) {
            client.act(false);
            client.channel().deliverAll();
        }
        world.proxy.ticker.advance(100, TimeUnit.MILLISECONDS);
        world.proxy.loops.forEach(ManualLoop::run);
        while (!world.connecting.isEmpty()) {
            world.connect();
        }
        for (SimulatedServer server : world.servers()) {
            server.settle();
            deliverAll(server);
        }
        world.proxy.loops.forEach(ManualLoop::run);
        world.clients.forEach(SimulatedClient::read);
    }

    private static void deliverAll(SimulatedServer server) {
        for (var channel = server.toDeliver(); channel != null; channel = server.toDeliver()) {
            channel.deliver(Integer.MAX_VALUE);
        }
    }

    private void checkProxy() {
        for (int i = 0; i < 5; i++) {
            round();
        }
        require(world.gate().closers().isEmpty(), () -> "closed by " + world.gate().closers());
        GateCounts counts = world.gate().counts();
        require(counts.equals(NOBODY), () -> "at the gate in the end: " + counts);
        checkSlots();
    }

    private void checkSlots() {
        for (SimulatedServer server : world.servers()) {
            int taken =
                    PoolSlots.taken(
                            world.pools(), Landscape.DATABASE, server.name(), Landscape.USER);
            int open = server.backends().size();
            require(
                    open == taken,
                    () -> open + " connections to " + server.name() + " in " + taken);
        }
    }

    private void checkWrites() {
        SimulatedServer serving =
                world.pair.of(world.routes().current(Landscape.DATABASE).server());
        require(
                serving.name().equals(world.pair.serving()),
                () -> "the records say something else");
        Map<Integer, Op> last = new HashMap<>();
        for (SimulatedServer server : world.servers()) {
            for (Op op : server.history()) {
                require(op.where().equals(server.name()), () -> op + " ran on " + server.name());
            }
        }
        for (Op op : world.ledger.all()) {
            boolean once = world.ledger.runs(op) == 1;
            boolean seen = once && serving.sees(op);
            boolean right =
                    switch (op.fate()) {
                        case ACKNOWLEDGED -> seen;
                        case FAILED -> world.ledger.runs(op) == 0;
                        case UNKNOWN -> world.ledger.runs(op) == 0 || seen;
                        case OPEN -> world.ledger.runs(op) == 0;
                    };
            require(right, () -> op + ", " + serving.name() + " serves");
            if (once) {
                Op before = last.put(op.client(), op);
                require(
                        before == null || world.ledger.order(before) < world.ledger.order(op),
                        () -> before + " came after " + op);
            }
        }
    }

    /// Clients leave and the pools close: nothing may be left of them.
    private void leave() {
        world.clients.forEach(client -> client.vanish(false));
        for (int i = 0; i < 5; i++) {
            round();
        }
        int left = world.sessions().count();
        require(left == 0, () -> left + " sessions are left of " + world.clients);
        world.pools().close();
        for (int i = 0; i < 3; i++) {
            round();
        }
        checkSlots();
        for (SimulatedServer server : world.servers()) {
            require(server.backends().isEmpty(), () -> "connections are left to " + server.name());
        }
        long bytes = world.proxy.buffers.metric().usedHeapMemory();
        require(bytes == 0, () -> bytes + " bytes of buffers are left");
    }

    private void require(boolean holds, Supplier<String> otherwise) {
        if (!holds) {
            world.troubles.fault(otherwise.get());
        }
    }
}
