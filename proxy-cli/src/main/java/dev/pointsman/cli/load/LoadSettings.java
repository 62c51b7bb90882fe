package dev.pointsman.cli.load;

import dev.pointsman.cli.load.Address.Statements;

/// How hard to press.
///
/// @param clients connections that stay open and work all the time
/// @param newcomers further connections, which log in, work and leave again and again
/// @param rate transactions a second over all clients together; 0 is as fast as it goes
public record LoadSettings(int clients, int newcomers, int rate, Statements statements) {
    public LoadSettings {
        if (clients < 1 || newcomers < 0 || rate < 0) {
            throw new IllegalArgumentException("no load can have " + clients + " clients");
        }
    }

    /// Nanoseconds between two transactions of one client; 0 is no pause at all.
    long interval() {
        return rate == 0 ? 0 : 1_000_000_000L * clients / rate;
    }
}
