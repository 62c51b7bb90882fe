package dev.pointsman.core.cluster;

import dev.pointsman.core.config.Database;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// One [Cluster] per database and server, made on first use and shared by all who need control
/// access. Thread-safe.
public final class Clusters implements AutoCloseable {
    private record Key(String database, String server) {}

    private final String instance;
    private final long since = System.nanoTime();
    private volatile Map<String, Database> databases;
    private final Map<Key, Cluster> made = new ConcurrentHashMap<>();

    public Clusters(String instance, Map<String, Database> databases) {
        this.instance = instance;
        this.databases = Map.copyOf(databases);
    }

    /// The name of this proxy among all.
    public String instance() {
        return instance;
    }

    public Map<String, Database> databases() {
        return databases;
    }

    /// A database as the configuration in force has it, whatever it was when `read` was read; that
    /// itself where there is none of its name any more.
    public Database inForce(Database read) {
        return databases.getOrDefault(read.name(), read);
    }

    /// Control access to that server of that database.
    ///
    /// @throws IllegalArgumentException when the configuration has no such database or server
    public Cluster of(String database, String server) {
        return made.computeIfAbsent(
                new Key(database, server),
                key -> {
                    var found = databases.get(key.database());
                    if (found == null) {
                        throw new IllegalArgumentException("no database " + key.database());
                    }
                    return new Cluster(instance, since, found, found.server(key.server()));
                });
    }

    /// Another configuration of the same databases: from now on servers are reached as it says, by
    /// who holds a [Cluster] already as well.
    public void reconfigure(Map<String, Database> changed) {
        databases = Map.copyOf(changed);
        made.forEach(
                (key, cluster) -> {
                    var database = changed.get(key.database());
                    if (database != null && database.servers().containsKey(key.server())) {
                        cluster.reconfigure(database);
                    }
                });
    }

    @Override
    public void close() {
        made.values().forEach(Cluster::close);
    }
}
