package dev.pointsman.core.cutover;

/// Where a cutover leads.
public sealed interface Destination {

    /// To a named server of the configuration.
    record To(String server) implements Destination {}

    /// Back to the server that was left last. With `ignoringStrays` a write that came past the
    /// proxy to that server since then does not stop it.
    record Back(boolean ignoringStrays) implements Destination {}
}
