package dev.pointsman.cli.bench.pause;

import dev.pointsman.cli.admin.CommandError;
import dev.pointsman.cli.load.Address;
import dev.pointsman.cli.load.Recording;

import java.io.IOException;
import java.sql.SQLException;

/// One of the two ways to switch that are compared. Rounds go back and forth.
interface Arm extends AutoCloseable {
    String name();

    /// Where clients work.
    Address address();

    /// Makes the next switch possible; nobody works meanwhile.
    void prepare() throws SQLException, CommandError, InterruptedException;

    /// Switches under load.
    Pause cross(Recording recording)
            throws SQLException, CommandError, IOException, InterruptedException;

    @Override
    void close();

    /// What one switch cost, in milliseconds: by whoever switched, and the worst transaction of any
    /// client around it.
    record Pause(double heldMs, double worstClientMs) {}
}
