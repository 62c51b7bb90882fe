package dev.pointsman.admin.command;

/// Which databases a command means.
public sealed interface Scope {
    /// Every database of the configuration.
    record All() implements Scope {}

    record One(String database) implements Scope {}

    Scope ALL = new All();
}
