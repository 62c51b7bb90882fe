package dev.pointsman.cli.cutover;

import dev.pointsman.cli.real.RealServers;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.sql.SQLException;

/// Makes a test's servers ready for a cutover before it, and lets everybody into them again after
/// it, whatever fence it left.
public final class LaidServers implements BeforeEachCallback, AfterEachCallback {
    private final RealServers servers;

    public LaidServers(RealServers servers) {
        this.servers = servers;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws SQLException {
        CrossingLab.lay(servers);
    }

    @Override
    public void afterEach(ExtensionContext context) throws SQLException {
        CrossingLab.liftFences(servers);
    }
}
