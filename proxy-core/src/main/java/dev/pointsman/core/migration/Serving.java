package dev.pointsman.core.migration;

/// Who serves a database now: what the route says.
@FunctionalInterface
public interface Serving {
    /// The server and its epoch, read together.
    Served now(String database);

    /// A server and since which epoch it serves.
    ///
    /// @param server the server's name in the configuration
    record Served(String server, long epoch) {}
}
