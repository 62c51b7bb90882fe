package dev.pointsman.cli.cutover.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.At;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.report.Report;
import dev.pointsman.core.cutover.run.Step;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// What the report says that clients waited for, against what clients measured: few of them, with
/// short statements, so that they measure little else.
@Tag("real")
class AgreementTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(16, 18);

    private static final int CUTOVERS = 10;
    private static final int CLIENTS = 4;
    private static final double FEW_MILLIS = 5;

    /// Known waits, in every other pair of cutovers: in the pause, or behind it where sessions are
    /// carried over.
    private static final Duration PLANTED = Duration.ofMillis(30);

    @RegisterExtension final LaidServers laid = new LaidServers(servers, CrossingLab::lay);

    @TempDir Path state;

    private final At at = new At();
    private final List<Double> beyond = new ArrayList<>();
    private final List<Double> beyondPlanted = new ArrayList<>();
    private final List<Double> beyondPause = new ArrayList<>();
    private final List<Double> noise = new ArrayList<>();
    private int kept;
    private double measured;

    @ParameterizedTest
    @ValueSource(strings = {"transaction", "session"})
    void theReportSaysHowLongClientsWaited(String mode) throws Exception {
        // given
        var setup = Setup.of(mode).cutover("strangers: terminate").more("auth: {type: trust}");
        try (var lab = CrossingLab.start(servers, state, setup, at);
                var askers = new Askers(CLIENTS, lab::raw)) {
            if (mode.equals("session")) {
                askers.all("prepare kept as select balance from account");
            }

            // when
            for (int round = 0; round < CUTOVERS; round++) {
                askers.goOn();
                noise.add(askers.slowest().takeMillis());
                at.at(Step.OPENED, askers.slowest()::takeMillis);
                boolean planted = round % 4 > 1;
                plant(planted ? mode : "", round % 2 == 0, askers);
                var report = CrossingLab.switched(round % 2 == 0 ? lab.to("green") : lab.back());
                at.verify();
                var waited = report.pause().waited().orElseThrow();
                (planted ? beyondPlanted : beyond).add(measured - waited.longest().toNanos() / 1e6);
                beyondPause.add(measured - report.pause().pause().toNanos() / 1e6);
                kept += report.pause().clients().held() > 0 ? 1 : 0;
                if (planted) {
                    verifyPlanted(mode, report);
                }
            }
        }

        // then
        System.out.printf(
                "%s: slowest statement beyond the longest wait of the report, ms: %s, with planted"
                        + " waits %s; slowest without a cutover: %s%n",
                mode, beyond, beyondPlanted, noise);
        for (var differences : List.of(beyond, beyondPlanted)) {
            assertThat(differences).allSatisfy(one -> assertThat(one).isGreaterThan(-1));
            assertThat(median(differences)).isLessThan(FEW_MILLIS + median(noise));
        }
        assertThat(kept).as("cutovers that held anybody").isGreaterThan(CUTOVERS / 2);
        if (mode.equals("transaction")) {
            // Nothing of the wait lies behind the release.
            assertThat(median(beyondPause.stream().map(Math::abs).toList()))
                    .isLessThan(FEW_MILLIS + median(noise));
        }
    }

    /// Clients are measured until each has gone on behind the release.
    private void plant(String mode, boolean thither, Askers askers) {
        switch (mode) {
            case "session" -> at.at(Step.SWAPPED, () -> lock(thither, askers));
            case "transaction" ->
                    at.at(Step.MARKED, () -> LockSupport.parkNanos(PLANTED.toNanos()))
                            .at(Step.RELEASED, () -> measure(askers));
            default -> at.at(Step.RELEASED, () -> measure(askers));
        }
    }

    /// What every session has prepared cannot be prepared on the new server before a moment behind
    /// the release.
    private void lock(boolean thither, Askers askers) throws SQLException {
        var server = thither ? servers.target() : servers.source();
        var holder = server.connect(servers.database());
        holder.setAutoCommit(false);
        try (var statement = holder.createStatement()) {
            statement.execute("lock table account in access exclusive mode");
        }
        at.at(
                Step.RELEASED,
                () -> {
                    LockSupport.parkNanos(PLANTED.toNanos());
                    holder.close();
                    measure(askers);
                });
    }

    private void measure(Askers askers) {
        askers.awaitEach();
        measured = askers.slowest().takeMillis();
    }

    private static void verifyPlanted(String mode, Report report) {
        var waited = report.pause().waited().orElseThrow();
        assertThat(waited.longest()).isGreaterThanOrEqualTo(PLANTED);
        if (mode.equals("session")) {
            assertThat(waited.longest().minus(report.pause().longestHold()))
                    .as("behind the release")
                    .isGreaterThanOrEqualTo(PLANTED.dividedBy(2));
        }
    }

    private static double median(List<Double> figures) {
        return figures.stream().sorted().skip(figures.size() / 2).findFirst().orElseThrow();
    }
}
