package dev.pointsman.cli.demo.play;

/// What the demo is asked for.
///
/// @param seconds how long clients work once the migration is ready
/// @param clients those that stay connected; newcomers come on top
public record DemoOptions(int seconds, int clients, Fault fault) {}
