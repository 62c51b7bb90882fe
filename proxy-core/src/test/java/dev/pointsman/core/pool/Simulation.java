package dev.pointsman.core.pool;

import dev.pointsman.core.config.Admin;
import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.CutoverSettings;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.config.Http;
import dev.pointsman.core.config.Limits;
import dev.pointsman.core.config.Listen;
import dev.pointsman.core.config.Secret;
import dev.pointsman.core.config.Server;
import dev.pointsman.core.gate.Closer;
import dev.pointsman.core.gate.Gate;
import dev.pointsman.core.gate.Gates;
import dev.pointsman.core.gate.HeldBytes;
import dev.pointsman.core.gate.Hold;
import dev.pointsman.core.gate.ManualLoop;
import dev.pointsman.core.server.ModelConnection;
import dev.pointsman.core.server.ServerConnection;
import dev.pointsman.core.server.ServerRefused;
import dev.pointsman.core.wire.ErrorReport;
import dev.pointsman.core.wire.SqlState;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.Ticker;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Sessions, a gate, pools and two model servers on loops that are run by hand: one thread, one
/// clock, one seed, so that a run can be had again. Each step does one random thing and then checks
/// what must always be so.
final class Simulation {
    private static final String DATABASE = "shop";
    private static final int SIZE = 3;
    private static final int LOOPS = 2;
    private static final int SESSIONS = 24;
    private static final int STEPS = 1_500;

    private record Opening(String server, int pid, Promise<ServerConnection> promise) {}

    /// One closer's progress, as whoever runs a cutover or a pause knows it.
    private static final class Grip {
        final Hold hold;
        boolean closed;
        boolean drained;

        Grip(Hold hold) {
            this.hold = hold;
        }
    }

    private final long seed;
    private final Random random;
    private final MockTicker ticker = Ticker.newMockTicker();
    private final List<ManualLoop> loops = new ArrayList<>();
    private final List<SimulatedSession> sessions = new ArrayList<>();
    private final List<ModelConnection> connections = new ArrayList<>();
    private final List<Opening> openings = new ArrayList<>();
    private final List<Grip> grips = new ArrayList<>();
    private final Routes routes = new Routes();
    private final Gate gate;
    private final Pools pools;
    private int nextPid = 1;
    private long turns;
    private long epoch;
    private boolean settling;
    private String fault = "";
    int entered;
    int refused;
    int swaps;

    Simulation(long seed) {
        this.seed = seed;
        random = new Random(seed);
        for (int i = 0; i < LOOPS; i++) {
            loops.add(new ManualLoop(ticker));
        }
        List<EventLoop> eventLoops = loops.stream().<EventLoop>map(ManualLoop::loop).toList();
        routes.add(new Route(DATABASE, "blue", 0, Instant.EPOCH));
        gate =
                new Gates(eventLoops)
                        .add(
                                DATABASE,
                                new Gates.Settings(
                                        Duration.ZERO, new HeldBytes(10, 50), ticker, _ -> {}));
        Config config = config();
        pools = new Pools(() -> config, routes, this::open, ticker, (_, _) -> {});
        pools.start(eventLoops);
        for (int i = 0; i < SESSIONS; i++) {
            sessions.add(newSession(i));
        }
    }

    void run() {
        for (int step = 0; step < STEPS; step++) {
            step();
            checkAlways();
        }
        settle();
    }

    // What sessions ask of their world

    PoolKey key(StartupOptions options) {
        return new PoolKey(DATABASE, routes.current(DATABASE).server(), "clerk", options);
    }

    StartupOptions options(int id) {
        return id % 4 == 0 ? StartupOptions.of(Map.of("search_path", "own")) : StartupOptions.NONE;
    }

    long nextTurn() {
        return ++turns;
    }

    void onLetGo(SimulatedSession session) {
        for (SimulatedSession other : sessions) {
            check(
                    other.loop != session.loop
                            || other.state != SimulatedSession.State.HELD
                            || other.asked >= session.asked,
                    "session " + session.id + " was let go before " + other.id);
        }
    }

    void onEntered(SimulatedSession session, ServerConnection connection) {
        entered++;
        check(
                grips.stream().noneMatch(grip -> grip.closed),
                "session " + session.id + " entered a gate that had been closed");
        check(
                connection.login().server().name().equals(routes.current(DATABASE).server()),
                "session " + session.id + " is served by " + connection.login().server().name());
    }

    void onRefused() {
        refused++;
    }

    void check(boolean holds, String otherwise) {
        if (!holds && fault.isEmpty()) {
            fault = otherwise + " (seed " + seed + ")";
        }
    }

    // The steps

    private void step() {
        switch (random.nextInt(16)) {
            case 0, 1, 2, 3 -> begin();
            case 4, 5, 6 -> finish();
            case 7, 8, 9 -> loops.get(random.nextInt(LOOPS)).loop().runNow();
            case 10, 11 -> endOpening(random.nextInt(10) > 0);
            case 12 -> answerOne();
            case 13 -> ticker.advanceMillis(random.nextInt(400));
            case 14 -> control();
            default -> trouble();
        }
    }

    private void begin() {
        SimulatedSession session = anySession();
        if (session.state == SimulatedSession.State.IDLE) {
            session.begin();
        }
    }

    private void finish() {
        SimulatedSession session = anySession();
        if (session.state == SimulatedSession.State.INSIDE) {
            session.finish(random.nextInt(5) == 0);
        }
    }

    private void endOpening(boolean well) {
        if (openings.isEmpty()) {
            return;
        }
        Opening opening = openings.remove(random.nextInt(openings.size()));
        if (well) {
            ModelConnection made = new ModelConnection(opening.server(), "clerk", opening.pid());
            connections.add(made);
            opening.promise().setSuccess(made.connection());
        } else {
            opening.promise()
                    .setFailure(
                            new ServerRefused(
                                    ErrorReport.fatal(SqlState.CANNOT_CONNECT_NOW, "no")));
        }
    }

    private void answerOne() {
        if (!connections.isEmpty()) {
            connections.get(random.nextInt(connections.size())).answer();
        }
    }

    private void trouble() {
        if (random.nextBoolean() && !connections.isEmpty()) {
            cut(connections.get(random.nextInt(connections.size())));
        } else {
            SimulatedSession gone = anySession();
            gone.leave();
            sessions.set(sessions.indexOf(gone), newSession(gone.id));
        }
    }

    /// A connection is lost; whoever was inside with it is inside no more.
    private void cut(ModelConnection connection) {
        connection.cut();
        for (SimulatedSession session : sessions) {
            if (session.connection == connection.connection()) {
                session.finish(false);
            }
        }
    }

    private void control() {
        for (Grip grip : grips) {
            grip.closed = grip.closed || awaited(() -> grip.hold.awaitClosed(Duration.ZERO));
            grip.drained = grip.drained || awaited(() -> grip.hold.awaitDrained(Duration.ZERO));
        }
        int what = random.nextInt(6);
        if (what < 2 && grips.size() < 2) {
            Closer closer = what == 0 ? new Closer.Pause("x") : new Closer.Cutover(++turns);
            grips.add(new Grip(gate.close(closer)));
        } else if (what == 2 && grips.stream().anyMatch(grip -> grip.closed && grip.drained)) {
            swap();
        } else if (what == 3 && !grips.isEmpty()) {
            grips.remove(random.nextInt(grips.size())).hold.open();
        } else if (what == 4) {
            pools.warm(DATABASE, otherServer());
        } else if (what == 5) {
            pools.retire(DATABASE, random.nextBoolean() ? "blue" : "green");
        }
    }

    private void swap() {
        String left = routes.current(DATABASE).server();
        routes.swap(DATABASE, otherServer(), ++epoch);
        swaps++;
        if (random.nextBoolean()) {
            pools.retire(DATABASE, left);
        }
    }

    // What must be so

    private void checkAlways() {
        if (!fault.isEmpty()) {
            throw new AssertionError(fault);
        }
        for (String server : List.of("blue", "green")) {
            long open =
                    connections.stream()
                                    .filter(c -> c.isOpen() && c.server().equals(server))
                                    .count()
                            + openings.stream().filter(o -> o.server().equals(server)).count();
            int taken = pools.slots(DATABASE, server).of("clerk").taken();
            check(open == taken, open + " connections to " + server + " in " + taken + " slots");
            check(taken <= SIZE, taken + " slots of " + SIZE);
        }
        boolean drained = grips.stream().anyMatch(grip -> grip.closed && grip.drained);
        check(!drained || inside() == 0, "somebody is inside a drained gate");
        connections.removeIf(ModelConnection::isOver);
    }

    /// Everything opens and works: then nobody may be left waiting, and nothing may be left taken.
    private void settle() {
        settling = true;
        grips.forEach(grip -> grip.hold.open());
        grips.clear();
        for (int i = 0; i < 2_000 && !isQuiet(); i++) {
            ticker.advanceMillis(100);
            loops.forEach(ManualLoop::run);
            while (!openings.isEmpty()) {
                endOpening(true);
            }
            connections.forEach(ModelConnection::answer);
            sessions.stream()
                    .filter(session -> session.state == SimulatedSession.State.INSIDE)
                    .forEach(session -> session.finish(false));
        }
        check(isQuiet(), "somebody waits although nothing is in the way: " + describe());
        checkAlways();
        pools.close();
        loops.forEach(ManualLoop::run);
        checkAlways();
        check(connections.isEmpty(), connections.size() + " connections are left");
        checkAlways();
    }

    private String describe() {
        StringBuilder text = new StringBuilder();
        for (SimulatedSession session : sessions) {
            text.append(session.id).append('=').append(session.state).append(' ');
        }
        for (ManualLoop loop : loops) {
            for (Shelf shelf : pools.on(loop.loop()).stock().shelves()) {
                text.append("\n")
                        .append(shelf.key)
                        .append(": all ")
                        .append(shelf.all.size())
                        .append(", idle ")
                        .append(shelf.idle.size())
                        .append(", waiting ")
                        .append(shelf.waiters.size())
                        .append(", opening ")
                        .append(shelf.opening.size())
                        .append(", hungry ")
                        .append(shelf.family.hungry)
                        .append(", taken ")
                        .append(shelf.family.quota.taken());
                shelf.all.forEach(c -> text.append(' ').append(Shelf.Lease.of(c).state));
            }
        }
        return text.toString();
    }

    private boolean isQuiet() {
        return waiting() == 0 && inside() == 0 && openings.isEmpty();
    }

    private long waiting() {
        return sessions.stream()
                .filter(
                        session ->
                                session.state == SimulatedSession.State.HELD
                                        || session.state == SimulatedSession.State.WAITING)
                .count();
    }

    private long inside() {
        return sessions.stream()
                .filter(session -> session.state == SimulatedSession.State.INSIDE)
                .count();
    }

    private Promise<ServerConnection> open(PoolKey key, EventLoop loop) {
        Promise<ServerConnection> promise = loop.newPromise();
        openings.add(new Opening(key.server(), nextPid++, promise));
        check(!settling || openings.size() <= SIZE * 2, "a storm of logins");
        return promise;
    }

    private SimulatedSession newSession(int id) {
        int loop = id % LOOPS;
        EventLoop on = loops.get(loop).loop();
        return new SimulatedSession(id, loop, this, gate.on(on), pools.on(on));
    }

    private SimulatedSession anySession() {
        return sessions.get(random.nextInt(sessions.size()));
    }

    private String otherServer() {
        return routes.current(DATABASE).server().equals("blue") ? "green" : "blue";
    }

    private interface Question {
        boolean answer() throws InterruptedException;
    }

    private static boolean awaited(Question question) {
        try {
            return question.answer();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Config config() {
        Limits limits = Limits.defaults();
        Database database =
                new Database(
                        DATABASE,
                        new Database.PoolSettings(Database.PoolMode.TRANSACTION, SIZE),
                        "blue",
                        Map.of("blue", server("blue"), "green", server("green")),
                        CutoverSettings.defaults(),
                        limits);
        return new Config(
                new Listen("127.0.0.1", 0, new Listen.Tls.TlsOff()),
                new Admin("127.0.0.1", 0, Map.of()),
                new Http.Off(),
                Path.of("state"),
                new Config.Log(Config.Log.Format.TEXT, "info", false, new Config.Log.Audit.Off()),
                new Config.Auth(Config.AuthType.TRUST),
                Map.of(),
                Map.of(DATABASE, database),
                limits,
                Duration.ofSeconds(5));
    }

    private static Server server(String name) {
        return new Server(
                name,
                "127.0.0.1",
                1,
                DATABASE,
                Server.SslMode.DISABLE,
                new Server.Control("postgres", new Secret.Absent(), "postgres"),
                Map.of(),
                new Server.Peer("127.0.0.1", 1, Server.SslMode.DISABLE));
    }
}
