package dev.pointsman.core.config;

/// The optional second port for metrics and probes.
public sealed interface Http {
    /// The admin port alone answers them.
    record Off() implements Http {}

    /// This one does, too.
    record On(String host, int port) implements Http {}
}
