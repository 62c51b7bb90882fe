package dev.pointsman.core.pool;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// The route of every database. Any thread; reading is one volatile read.
public final class Routes {
    private final Map<String, AtomicReference<Route>> routes = new ConcurrentHashMap<>();
    private final List<Consumer<Route>> listeners = new CopyOnWriteArrayList<>();

    /// Adds a database with the route that it starts with.
    public void add(Route first) {
        if (routes.putIfAbsent(first.database(), new AtomicReference<>(first)) != null) {
            throw new IllegalArgumentException(first.database() + " has a route already");
        }
    }

    public Route current(String database) {
        return of(database).get();
    }

    public Collection<Route> all() {
        return routes.values().stream().map(AtomicReference::get).toList();
    }

    /// Is told of every swap, on the thread that swaps, right after it.
    public void whenSwapped(Consumer<Route> listener) {
        listeners.add(listener);
    }

    /// The one write that changes who serves. Epochs only grow: an older or equal one is a fault of
    /// the caller and changes nothing.
    public Route swap(String database, String server, long epoch) {
        Route next = new Route(database, server, epoch, Instant.now());
        of(database)
                .updateAndGet(
                        now -> {
                            if (epoch <= now.epoch()) {
                                throw new IllegalStateException(
                                        "%s is at epoch %d; %d is not later"
                                                .formatted(database, now.epoch(), epoch));
                            }
                            return next;
                        });
        listeners.forEach(listener -> listener.accept(next));
        return next;
    }

    private AtomicReference<Route> of(String database) {
        AtomicReference<Route> route = routes.get(database);
        if (route == null) {
            throw new IllegalArgumentException("database " + database + " has no route");
        }
        return route;
    }
}
