package dev.pointsman.core.simulation;

import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.gate.Closer;
import dev.pointsman.core.gate.Hold;
import dev.pointsman.core.session.EndReason;
import dev.pointsman.core.session.SessionState;
import dev.pointsman.core.simulation.client.SimulatedClient;
import dev.pointsman.core.simulation.crossing.Crossing;
import dev.pointsman.core.simulation.crossing.Crossing.Flaw;
import dev.pointsman.core.simulation.server.Backend;
import dev.pointsman.core.simulation.server.SimulatedServer;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What happens now and then: operators' commands, clients that come and go, and, in stormy worlds,
/// trouble.
final class Events {
    private static final int MOST_CLIENTS = 30;

    private final Simulation world;
    private final List<Hold> pauses = new ArrayList<>();
    private @Nullable Crossing crossing;
    int switched;
    int crossings;

    /// Crossings that held clients and were undone because their hold limit had passed.
    int heldTooLong;

    int held;

    Events(Simulation world) {
        this.world = world;
    }

    void maybe() {
        switch (world.chance.below(world.stormy() ? 14 : 6)) {
            case 0, 1 -> cutover();
            case 2 -> pauseOrResume();
            case 3 -> come();
            case 4 -> cancelCutover();
            case 5 -> recover();
            case 6, 7 -> vanish();
            case 8, 9 -> cancelStatement();
            case 10 -> cut();
            case 11 -> crashOrStart();
            case 12 -> kill();
            default -> stall();
        }
    }

    /// Opens what operators have closed.
    void resumeAll() {
        pauses.forEach(Hold::open);
        pauses.clear();
    }

    /// Reads the records and goes on from there, as at a start.
    void recover() {
        if (crossing != null || world.undecided.isEmpty()) {
            return;
        }
        say("recover");
        var route = world.routes().current(Landscape.DATABASE);
        var serving = world.pair.of(world.pair.serving());
        if (!route.server().equals(serving.name())) {
            world.routes().swap(Landscape.DATABASE, serving.name(), world.pair.epoch());
        }
        world.undecided.forEach(Hold::open);
        world.undecided.clear();
        crossing = crossing();
        crossing.follow(world.pair.other(serving), serving);
        crossing = null;
    }

    private Crossing crossing() {
        var flaw =
                switch (world.plant) {
                    case RELEASES_EARLY -> Flaw.RELEASES_EARLY;
                    case LETS_GO_AHEAD -> Flaw.LETS_GO_AHEAD;
                    case NONE, SLIPS_PAST_THE_GATE, DISORDERS_HELD_BYTES -> Flaw.NONE;
                };
        return new Crossing(world, world.pair, world.proxy.meter(), flaw);
    }

    /// A second one is refused while the first one is under way.
    private void cutover() {
        if (crossing != null || !world.undecided.isEmpty()) {
            return;
        }
        say("cutover from " + world.routes().current(Landscape.DATABASE).server());
        crossing = crossing();
        crossings++;
        Outcome outcome = crossing.run();
        if (crossing.heldTooLong()) {
            heldTooLong++;
        }
        crossing = null;
        say("cutover " + outcome);
        if (outcome == Outcome.SWITCHED) {
            switched++;
        }
    }

    private void cancelCutover() {
        Crossing underWay = crossing;
        if (underWay != null && world.chance.oneIn(3)) {
            say("cancel cutover");
            underWay.cancel();
        }
    }

    private void pauseOrResume() {
        if (pauses.isEmpty() || (pauses.size() < 2 && world.chance.oneIn(3))) {
            say("pause");
            pauses.add(
                    world.gate()
                            .close(
                                    world.chance.oneIn(2)
                                            ? new Closer.Pause("x")
                                            : new Closer.Maintenance("x")));
        } else {
            Hold hold = pauses.remove(world.chance.below(pauses.size()));
            if (isDrained(hold) && world.isTransactionMode()) {
                world.pools()
                        .retire(
                                Landscape.DATABASE,
                                world.routes().current(Landscape.DATABASE).server());
            }
            say("resume");
            hold.open();
        }
    }

    private static boolean isDrained(Hold hold) {
        try {
            return hold.awaitDrained(Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void come() {
        int gone = -1;
        for (int i = 0; i < world.clients.size(); i++) {
            SimulatedClient client = world.clients.get(i);
            if (client.isOver() && client.channel().isClosed()) {
                gone = i;
            }
        }
        if (gone >= 0 && world.sessions().count() < MOST_CLIENTS) {
            world.clients.remove(gone);
            world.arrive();
        }
    }

    private void vanish() {
        SimulatedClient client = world.chance.of(world.clients);
        if (client.isOver()) {
            return;
        }
        say("client " + client.session().id() + " goes, " + client.session().state());
        if (client.isQuiet() && world.chance.oneIn(2)) {
            client.leave();
        } else {
            client.vanish(world.chance.oneIn(2));
        }
    }

    private void cancelStatement() {
        SimulatedClient client = world.chance.of(world.clients);
        if (!client.isOver()) {
            say("cancel for client " + client.session().id());
            if (client.session().state() == SessionState.HELD) {
                held++;
            }
            var cancelled = world.sessions().cancel(client.session().key());
            client.cancels(cancelled);
        }
    }

    /// One server connection dies, whoever has it.
    private void cut() {
        SimulatedServer server = world.chance.of(world.servers());
        if (server.backends().isEmpty()) {
            return;
        }
        Backend victim = world.chance.of(server.backends());
        say("cut " + server.name() + " " + victim.pid());
        blame(victim);
        if (world.chance.oneIn(2)) {
            server.kill(victim);
        } else {
            server.terminate(victim);
        }
    }

    private void blame(Backend victim) {
        boolean lent = false;
        for (SimulatedClient client : world.clients) {
            if (client.session().row().serverPid() == victim.pid()) {
                client.excuse();
                lent = true;
            } else if (client.session().state() == SessionState.MOVING) {
                client.excuse();
            }
        }
        if (!lent && !victim.isLoggedIn()) {
            world.troubles.servers();
        }
    }

    private void crashOrStart() {
        SimulatedServer server = world.chance.of(world.servers());
        world.troubles.servers();
        if (!server.isUp()) {
            say("start " + server.name());
            server.start();
        } else if (world.chance.oneIn(2)) {
            say("crash " + server.name());
            world.clients.forEach(SimulatedClient::excuse);
            server.crash();
        }
    }

    private void kill() {
        if (world.chance.oneIn(4)) {
            say("kill all");
            world.clients.forEach(SimulatedClient::excuse);
            var _ = world.sessions().killAll(Landscape.DATABASE, EndReason.KILLED);
        } else {
            SimulatedClient client = world.chance.of(world.clients);
            say("kill client " + client.session().id());
            client.excuse();
            world.sessions().kill(client.session().id());
        }
    }

    private void stall() {
        world.chance.of(world.clients).channel().stalled(world.chance.oneIn(2));
    }

    private void say(String what) {
        world.log.add(what.hashCode(), world.troubles.now());
        world.troubles.say(() -> what);
    }
}
