package dev.pointsman.cli.cutover;

import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.real.RealServers;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.nio.file.Path;
import java.sql.SQLException;

/// Makes a test's servers ready for a cutover before it, and lets everybody into them again after
/// it, whatever fence it left. Starts proxies in front of them, all with one setup, and with what
/// is to happen at steps of their runs.
public final class LaidServers implements BeforeEachCallback, AfterEachCallback {
    private final RealServers servers;
    private final Laying laying;
    private final Setup setup;
    private final At at = new At();

    /// How servers are made ready.
    @FunctionalInterface
    public interface Laying {
        void lay(RealServers servers) throws SQLException;
    }

    public LaidServers(RealServers servers) {
        this(servers, CrossingLab::lay);
    }

    /// For a cutover, or, by `laying`, for the migration before it.
    public LaidServers(RealServers servers, Laying laying) {
        this(servers, laying, Setup.of("transaction").cutover("attempts: 1"));
    }

    /// For proxies that are set up like that.
    public LaidServers(RealServers servers, Setup setup) {
        this(servers, CrossingLab::lay, setup);
    }

    private LaidServers(RealServers servers, Laying laying, Setup setup) {
        this.servers = servers;
        this.laying = laying;
        this.setup = setup;
    }

    /// What happens in the runs of every [#lab].
    public At at() {
        return at;
    }

    /// A proxy on this state folder.
    public CrossingLab lab(Path state) throws Exception {
        return CrossingLab.start(servers, state, setup, at);
    }

    /// The same in another pool mode.
    public CrossingLab labIn(String mode, Path state) throws Exception {
        return CrossingLab.start(servers, state, setup.in(mode), at);
    }

    /// The same with more lines of the database's `cutover` key.
    public CrossingLab lab(Path state, String more) throws Exception {
        return CrossingLab.start(servers, state, setup.cutover(setup.cutover() + ", " + more), at);
    }

    @Override
    public void beforeEach(ExtensionContext context) throws SQLException {
        laying.lay(servers);
    }

    @Override
    public void afterEach(ExtensionContext context) throws SQLException {
        CrossingLab.liftFences(servers);
    }
}
