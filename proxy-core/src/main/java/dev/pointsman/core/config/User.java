package dev.pointsman.core.config;

/// A user of the databases: clients prove this password to the proxy, the proxy proves it to
/// servers.
public record User(String name, SecretSource source) {
    /// The password as it is now; never blocks.
    public Secret secret() {
        return source.now();
    }
}
