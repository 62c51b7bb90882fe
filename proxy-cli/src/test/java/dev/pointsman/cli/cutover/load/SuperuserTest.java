package dev.pointsman.cli.cutover.load;

import dev.pointsman.cli.cutover.At;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.real.RealServers;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;

/// The same with a superuser as the control role, whose fence works otherwise, over four majors.
@Tag("real")
class SuperuserTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    @TempDir Path state;

    @Test
    void nothingIsLostAndNothingHappensTwice() throws Exception {
        var at = new At();
        var setup =
                Setup.of("transaction")
                        .cutover(ThereAndBackTest.CUTOVER)
                        .more("auth: {type: trust}");
        try (var lab = CrossingLab.start(servers, state, setup, at)) {
            var rounds = new Rounds(servers, lab, at);
            try {
                rounds.run(6);
            } finally {
                rounds.stop();
            }
            rounds.verifyErrors();
            rounds.verifyLedger(servers.source());
            rounds.verifyFigures(Duration.ofMillis(30));
        }
    }
}
