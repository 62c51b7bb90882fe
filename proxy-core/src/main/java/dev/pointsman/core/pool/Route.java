package dev.pointsman.core.pool;

import java.time.Instant;

/// Which server serves a database, and since which epoch.
public record Route(String database, String server, long epoch, Instant since) {}
