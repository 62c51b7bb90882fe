package dev.pointsman.cli.cutover.load;

import dev.pointsman.cli.cutover.At;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.real.RealServers;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.time.Duration;

/// Twenty cutovers in each pool mode, with a control role that has the least rights.
@Tag("real")
class ThereAndBackTest {
    @RegisterExtension static final RealServers servers = RealServers.withPasswords(16, 18);

    static final String CUTOVER =
            "strangers: terminate, stragglers: cancel, calm_timeout: 300ms, drain_timeout: 300ms";

    @RegisterExtension final LaidServers laid = new LaidServers(servers, LeastRights::lay);

    @TempDir Path state;

    @ParameterizedTest
    @ValueSource(strings = {"transaction", "session"})
    void nothingIsLostAndNothingHappensTwice(String mode) throws Exception {
        var at = new At();
        var setup =
                Setup.of(mode)
                        .cutover(CUTOVER)
                        .more("auth: {type: trust}")
                        .control(LeastRights.CONTROL, LeastRights.PASSWORD);
        try (var lab = CrossingLab.start(servers, state, setup, at)) {
            LeastRights.migrate(servers, lab.proxy());
            var rounds = new Rounds(servers, lab, at);
            try {
                rounds.run(20);
            } finally {
                rounds.stop();
            }
            rounds.verifyErrors();
            rounds.verifyLedger(servers.source());
            // In session mode a session is carried along between its hold and its statement.
            rounds.verifyFigures(Duration.ofMillis(mode.equals("session") ? 150 : 30));
        }
    }
}
