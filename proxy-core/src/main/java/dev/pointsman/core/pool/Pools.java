package dev.pointsman.core.pool;

import dev.pointsman.core.config.Config;
import dev.pointsman.core.config.Database;
import dev.pointsman.core.config.Limits;
import dev.pointsman.core.pool.Shelf.Family;
import dev.pointsman.core.pool.Shelf.State;
import dev.pointsman.core.pool.quota.Ceilings;
import dev.pointsman.core.pool.row.PoolRow;
import dev.pointsman.core.pool.row.ServerRow;
import dev.pointsman.core.server.ServerConnection;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.concurrent.Ticker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The server connections of all databases as the control path sees them. Any thread; what returns
/// a plain value asks every loop and waits for the answers, so it must not be called on one.
public final class Pools {
    /// Opens and logs in a connection on a loop. Fails with
    /// [dev.pointsman.core.server.ServerRefused].
    public interface Opener {
        Future<ServerConnection> open(PoolKey key, EventLoop loop);
    }

    /// Is told on the event loop how long a borrower waited, in nanoseconds.
    public interface WaitMeter {
        void waited(String database, long nanos);
    }

    private static final long TICK_MILLIS = 250;
    private static final String READ_ONLY = "default_transaction_read_only";

    private record Place(String database, String server) {}

    private final Map<EventLoop, LoopPool> parts = new ConcurrentHashMap<>();
    private final Map<Place, Slots> slots = new ConcurrentHashMap<>();
    private final List<ScheduledFuture<?>> ticks = new ArrayList<>();
    private final Supplier<Config> config;
    private final Routes routes;
    private final Opener opener;
    private final Ticker ticker;
    private final WaitMeter meter;
    private final Ceilings ceilings;
    private volatile Predicate<String> fillsAhead = _ -> true;

    public Pools(
            Supplier<Config> config, Routes routes, Opener opener, Ticker ticker, WaitMeter meter) {
        this.config = config;
        this.routes = routes;
        this.opener = opener;
        this.ticker = ticker;
        this.meter = meter;
        ceilings = new Ceilings(config, database -> routes.current(database).server());
    }

    /// Gives each loop its part and begins to look after time limits.
    public void start(Collection<EventLoop> loops) {
        for (EventLoop loop : loops) {
            LoopPool part = new LoopPool(loop, this);
            parts.put(loop, part);
            ticks.add(
                    loop.scheduleAtFixedRate(
                            part::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS));
        }
        routes.whenSwapped(route -> tellAll(part -> part.onSwap(route)));
    }

    /// The loop's own part; to be touched on that loop only.
    public LoopPool on(EventLoop loop) {
        LoopPool part = parts.get(loop);
        if (part == null) {
            throw new IllegalArgumentException("there is no pool on " + loop);
        }
        return part;
    }

    /// Opens as many connections to a server as are now open to the serving one, per user and
    /// options, and keeps as many until [#endWarming] or [#retire]; again, it replaces those found
    /// dead. Fails with a refusal, once none is under way.
    public CompletableFuture<Void> warm(String database, String server) {
        String serving = routes.current(database).server();
        if (serving.equals(server)) {
            return CompletableFuture.completedFuture(null);
        }
        return all(
                askEach(part -> part.stock().warm(database, serving, server))
                        .map(asked -> asked.thenCompose(Function.identity())));
    }

    /// From now on none of those that [#warm] has opened is replaced. Completes when the logins
    /// under way have come to an end, so that [#pids] names all that there will be, until somebody
    /// asks for one.
    public CompletableFuture<Void> endWarming(String database, String server) {
        tellAll(part -> part.stock().endWarming(database, server));
        return afterMoves(database, server);
    }

    /// The process ids of all our connections there that have logged in.
    public Set<Integer> pids(String database, String server) {
        return ofShelves(database, server, Shelf::pids);
    }

    /// Users who may write on the serving server, and whose connections to this one began
    /// read-only: known of those only who have connections to both, and where the serving server
    /// reports it, which versions before 14 do not. What clients have set since does not count.
    public Set<String> losingWrites(String database, String server) {
        String serving = routes.current(database).server();
        Set<PoolKey> here =
                ofShelves(database, serving, shelf -> shelf.ifBeginning(READ_ONLY, "off"));
        Set<String> users = new TreeSet<>();
        for (PoolKey there :
                ofShelves(database, server, shelf -> shelf.ifBeginning(READ_ONLY, "on"))) {
            if (here.contains(new PoolKey(database, serving, there.user(), there.options()))) {
                users.add(there.user());
            }
        }
        return users;
    }

    private <T> Set<T> ofShelves(String database, String server, Function<Shelf, Stream<T>> what) {
        Set<T> found = new HashSet<>();
        askAll(part -> part.stock().shelvesOf(database, server).stream().flatMap(what).toList())
                .forEach(found::addAll);
        return found;
    }

    /// From now on nobody opens a connection to the server, and none changes loops; whoever needs
    /// one waits. Completes when the logins and moves under way have come to an end, so that
    /// [#pids] names them all from then on.
    public CompletableFuture<Void> seal(String database, String server) {
        slots(database, server).sealed(true);
        return afterMoves(database, server)
                .thenCombine(slots(database, server).visitorsGone(), (_, _) -> null);
    }

    private CompletableFuture<Void> afterMoves(String database, String server) {
        CompletableFuture<Void> over = CompletableFuture.completedFuture(null);
        for (EventLoop loop : parts.keySet()) {
            CompletableFuture<Void> here = new CompletableFuture<>();
            loop.execute(() -> on(loop).stock().afterMoves(database, server, here));
            over = over.thenCombine(here, (_, _) -> null);
        }
        return over;
    }

    /// Whether nobody may open a connection to the server now.
    public boolean isSealed(String database, String server) {
        return slots(database, server).sealed();
    }

    /// Asks to open a connection past the pools, for a moment: false when the server is sealed. Who
    /// may has to [#leave] when it is closed; a [#seal] waits for that.
    public boolean visit(String database, String server) {
        return slots(database, server).visit();
    }

    public void leave(String database, String server) {
        slots(database, server).leave();
    }

    public void unseal(String database, String server) {
        slots(database, server).sealed(false);
        tellAll(LoopPool::serveAll);
    }

    /// Closes the connections there: idle ones now, others when they come back.
    public void retire(String database, String server) {
        slots(database, server).nextGeneration();
        tellAll(part -> part.stock().retire(database, server));
    }

    public List<ServerRow> servers() {
        return askAll(part -> part.stock().shelves().stream().flatMap(Shelf::rows).toList())
                .stream()
                .flatMap(List::stream)
                .toList();
    }

    public List<PoolRow> pools() {
        Map<PoolKey, PoolRow> rows = new LinkedHashMap<>();
        askAll(part -> part.stock().shelves().stream().map(this::row).toList())
                .forEach(
                        part ->
                                part.forEach(
                                        row ->
                                                rows.merge(
                                                        new PoolKey(
                                                                row.database(),
                                                                row.server(),
                                                                row.user(),
                                                                StartupOptions.NONE),
                                                        row,
                                                        PoolRow::plus)));
        return List.copyOf(rows.values());
    }

    /// Refuses who waits, closes what is idle, and the rest when it comes back.
    public void close() {
        ticks.forEach(tick -> tick.cancel(false));
        tellAll(LoopPool::close);
    }

    Routes routes() {
        return routes;
    }

    Opener opener() {
        return opener;
    }

    long now() {
        return ticker.nanoTime();
    }

    void waited(PoolKey key, long nanos) {
        meter.waited(key.database(), nanos);
    }

    Database database(PoolKey key) {
        return database(key.database());
    }

    /// Those of the key's user.
    Limits limits(PoolKey key) {
        return database(key).limits().of(key.user());
    }

    private Database database(String name) {
        Database database = config.get().databases().get(name);
        if (database == null) {
            throw new IllegalArgumentException("database " + name + " is not configured");
        }
        return database;
    }

    Slots slots(String database, String server) {
        return slots.computeIfAbsent(
                new Place(database, server),
                _ ->
                        new Slots(
                                user -> {
                                    var pool = new Ceilings.Pool(database, server, user);
                                    return new Slots.OfUser(ceilings, pool, () -> onFreed(pool));
                                }));
    }

    /// A slot came back: those go on whom a bound that they share with that pool kept waiting.
    private void onFreed(Ceilings.Pool pool) {
        if (ceilings.shares(pool)) {
            slots.values().forEach(one -> one.users().forEach(Slots.OfUser::wakeOne));
        }
    }

    /// Whether connections are to be opened ahead of use: not while something keeps the database's
    /// gate closed.
    public void fillsAhead(Predicate<String> when) {
        fillsAhead = when;
    }

    boolean mayFill(String database) {
        return fillsAhead.test(database);
    }

    /// Closes an idle connection of another pool that shares a bound with this one, on some loop.
    void askForRoom(PoolKey key) {
        var which = ceilings.inTheWayOf(key.pool());
        askForRoom(List.copyOf(parts.keySet()), other -> which.test(other.pool()));
    }

    private void askForRoom(List<EventLoop> others, Predicate<PoolKey> which) {
        if (!others.isEmpty()) {
            tell(
                    others.getFirst(),
                    part -> {
                        if (!part.stock().closeOneIdle(which)) {
                            askForRoom(others.subList(1, others.size()), which);
                        }
                    });
        }
    }

    /// Asks the other loops, one after the other, for an idle connection: for itself, or for the
    /// slot that it takes up.
    void askForSpare(LoopPool asking, Family family, PoolKey wanted) {
        List<EventLoop> others = new ArrayList<>();
        parts.forEach(
                (loop, part) -> {
                    if (part != asking) {
                        others.add(loop);
                    }
                });
        askForSpare(others, family, wanted);
    }

    private void askForSpare(List<EventLoop> others, Family family, PoolKey wanted) {
        if (others.isEmpty()) {
            tell(family.pool().loop(), _ -> family.asking = false);
            return;
        }
        tell(
                others.getFirst(),
                part -> {
                    if (part.handing().giveOne(wanted, family.pool())) {
                        return;
                    }
                    boolean spared = part.stock().spareOne(family.quota);
                    askForSpare(
                            spared ? List.of() : others.subList(1, others.size()), family, wanted);
                });
    }

    private PoolRow row(Shelf shelf) {
        int active = shelf.count(State.LENT);
        Duration longest =
                shelf.waiters.isEmpty()
                        ? Duration.ZERO
                        : Duration.ofNanos(now() - shelf.waitingSince());
        return new PoolRow(
                shelf.key.database(),
                shelf.key.server(),
                shelf.key.user(),
                active,
                shelf.waiters.size(),
                active,
                shelf.idle.size(),
                0,
                shelf.count(State.TESTED),
                shelf.opening.size(),
                longest,
                database(shelf.key).pool().mode());
    }

    private void tellAll(Consumer<LoopPool> what) {
        parts.keySet().forEach(loop -> tell(loop, what));
    }

    private void tell(EventLoop loop, Consumer<LoopPool> what) {
        try {
            loop.execute(() -> what.accept(on(loop)));
        } catch (RejectedExecutionException _) {
            // The loop has been shut down and took its connections with it.
        }
    }

    private <T> List<T> askAll(Function<LoopPool, T> question) {
        // All are asked before the first is waited for.
        return askEach(question).toList().stream().map(CompletableFuture::join).toList();
    }

    private <T> Stream<CompletableFuture<T>> askEach(Function<LoopPool, T> question) {
        return parts.keySet().stream()
                .map(loop -> CompletableFuture.supplyAsync(() -> question.apply(on(loop)), loop));
    }

    private static CompletableFuture<Void> all(Stream<CompletableFuture<Void>> those) {
        return CompletableFuture.allOf(those.toArray(CompletableFuture<?>[]::new));
    }
}
