package dev.pointsman.cli.cutover.behind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.cutover.load.LeastRights;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.run.Step;
import dev.pointsman.core.wire.Refused;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// Who may connect once a fence is lifted is who might before it was put up: here the control role
/// and one of replication could through PUBLIC only, and get a right of their own for the meantime.
@Tag("real")
class FenceLiftedTest {
    @RegisterExtension static final RealServers servers = RealServers.withPasswords(16, 18);

    @RegisterExtension final LaidServers laid = new LaidServers(servers, LeastRights::lay);

    @TempDir Path state;

    private final AtomicReference<Optional<CrossingLab>> cancelled =
            new AtomicReference<>(Optional.empty());
    private final List<String> fenced = new ArrayList<>();
    private final List<String> whenFenced = new ArrayList<>();

    /// Gives the run up, where it is told to, as soon as the fence is up.
    private void watch(Step step) {
        var lab = cancelled.get();
        if (step != Step.FENCED || lab.isEmpty()) {
            return;
        }
        try {
            fenced.addAll(LeastRights.accessTo(servers.source(), servers));
            for (var sql : whenFenced) {
                servers.source().execute("postgres", sql);
            }
            lab.get().proxy().cutovers().cancel(servers.database());
        } catch (SQLException | Refused e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void everybodyHoldsWhatHeHeldAfterAnAbortAndAfterTheSqlByHand() throws Exception {
        try (var lab = LeastRights.migrated(servers, state, this::watch)) {
            // given
            LeastRights.connectThroughPublic(servers);
            var before = LeastRights.accessTo(servers.source(), servers);

            // when: given up
            cancelled.set(Optional.of(lab));
            var report = lab.to("green");

            // then
            assertThat(report.ending().outcome())
                    .as(report.ending().message())
                    .isNotEqualTo(Outcome.SWITCHED);
            assertThat(fenced).isNotEmpty().isNotEqualTo(before);
            assertThat(LeastRights.accessTo(servers.source(), servers)).isEqualTo(before);

            // when: switched, and lifted by hand
            cancelled.set(Optional.empty());
            CrossingLab.switched(lab.to("green"));
            assertThat(LeastRights.accessTo(servers.source(), servers)).isEqualTo(fenced);
            runByHand(lab.proxy().cutovers().repairSql(servers.database()));

            // then
            assertThat(LeastRights.accessTo(servers.source(), servers)).isEqualTo(before);
        }
    }

    @Test
    void whoWasDroppedMeanwhileIsLeftOut() throws Exception {
        try (var lab = LeastRights.migrated(servers, state, this::watch)) {
            // given: somebody who has granted his right on
            LeastRights.connectThroughPublic(servers);
            var before = LeastRights.accessTo(servers.source(), servers);
            var borrower =
                    servers.source()
                            .value(
                                    "postgres",
                                    "select oid from pg_roles where rolname = 'borrower'");
            whenFenced.add("drop role borrower");

            // when
            cancelled.set(Optional.of(lab));
            var report = lab.to("green");

            // then
            assertThat(report.ending().outcome()).isEqualTo(Outcome.ROLLED_BACK);
            assertThat(report.ending().warnings()).noneMatch(it -> it.contains("fence"));
            assertThat(lab.proxy().cutovers().repairSql(servers.database())).isEmpty();
            assertThat(before).anyMatch(it -> it.contains(borrower));
            assertThat(LeastRights.accessTo(servers.source(), servers))
                    .isEqualTo(before.stream().filter(it -> !it.contains(borrower)).toList());
        }
    }

    private static void runByHand(List<String> lines) throws SQLException {
        try (var operator = servers.source().connect(servers.database());
                var statement = operator.createStatement()) {
            for (var line : lines) {
                statement.execute(line);
            }
        }
    }
}
