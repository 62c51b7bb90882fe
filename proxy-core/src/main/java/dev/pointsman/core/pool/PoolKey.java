package dev.pointsman.core.pool;

/// What server connections must have in common for a session to take any of them.
public record PoolKey(String database, String server, String user, StartupOptions options) {}
