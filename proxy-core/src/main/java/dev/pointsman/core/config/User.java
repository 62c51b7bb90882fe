package dev.pointsman.core.config;

import java.time.Instant;

/// A user of the databases: clients prove this password to the proxy, the proxy proves it to
/// servers.
///
/// @param validUntil from when on clients are refused as if the password were wrong
public record User(String name, SecretSource source, Instant validUntil) {
    /// A user whose password does not expire.
    public User(String name, SecretSource source) {
        this(name, source, Instant.MAX);
    }

    /// The password as it is now; never blocks.
    public Secret secret() {
        return source.now();
    }
}
