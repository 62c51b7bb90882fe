package dev.pointsman.cli.cutover.amiss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.cutover.load.LeastRights;
import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.run.Step;
import dev.pointsman.core.migration.Check;
import dev.pointsman.core.migration.preflight.Preflight;
import dev.pointsman.core.wire.Refused;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/// A control role that has lost a right between the migration and the cutover.
@Tag("real")
class ControlRightsTest {
    @RegisterExtension static final RealServers servers = RealServers.withPasswords(16, 18);

    @RegisterExtension final LaidServers laid = new LaidServers(servers, LeastRights::lay);

    @TempDir Path state;

    private CrossingLab migrated() throws Exception {
        return LeastRights.migrated(servers, state, Step.Watch.NONE);
    }

    private static void control(RealServer server, String option) throws SQLException {
        server.execute("postgres", "alter role " + LeastRights.CONTROL + " " + option);
    }

    @Test
    void aCutoverIsRefusedWithoutTheRightThatItsWayBackTakes() throws Exception {
        try (var lab = migrated()) {
            for (var name : List.of("blue", "green")) {
                // given
                var server = name.equals("blue") ? servers.source() : servers.target();
                control(server, "noreplication");

                // when
                var report = lab.to("green");

                // then
                assertThat(report.ending().outcome()).isEqualTo(Outcome.REFUSED);
                assertThat(report.ending().message())
                        .contains("rights: on " + name + ": pm lacks REPLICATION", "ALTER ROLE");
                assertThat(report.pause().clients().held()).isZero();
                control(server, "replication");
            }

            // and a right of the target that only a way back takes is not asked for without one
            control(servers.target(), "noreplication");
            assertThat(preflight(lab).againstCutover("rights")).hasSize(1);
            dropWayBack();
            assertThat(preflight(lab).againstCutover("rights")).isEmpty();
        } finally {
            control(servers.target(), "replication");
        }
    }

    private Preflight preflight(CrossingLab lab) {
        var clusters = lab.proxy().clusters();
        return new Preflight(
                clusters.instance(),
                clusters.of(servers.database(), "blue"),
                clusters.of(servers.database(), "green"));
    }

    private static void dropWayBack() throws SQLException {
        var name =
                servers.source()
                        .value(servers.database(), "select subname from pg_subscription limit 1");
        servers.source()
                .execute(
                        servers.database(), "alter subscription " + name + " set (slot_name=none)");
        servers.source().execute(servers.database(), "drop subscription " + name);
    }

    @Test
    void aControlRoleThatCannotEndSessionsIsWarnedOf() throws Exception {
        try (var lab = migrated()) {
            // given
            servers.target()
                    .execute("postgres", "revoke pg_signal_backend from " + LeastRights.CONTROL);

            // when
            var rows =
                    lab.proxy().migrations().check(servers.database(), "green").stream()
                            .filter(row -> row.id().equals("rights"))
                            .toList();

            // then
            assertThat(rows)
                    .extracting(Check::server, Check::verdict)
                    .containsExactly(
                            tuple("blue", Check.Verdict.PASS), tuple("green", Check.Verdict.WARN));
            assertThat(rows.getLast().mend()).isEqualTo("GRANT pg_signal_backend TO \"pm\"");
            CrossingLab.switched(lab.to("green"));
        }
    }

    /// It would count no strangers where there are some.
    @Test
    void aControlRoleThatCannotSeeOthersSessionsCutsNothingOver() throws Exception {
        try (var lab = migrated()) {
            for (var name : List.of("blue", "green")) {
                // given
                var server = name.equals("blue") ? servers.source() : servers.target();
                server.execute("postgres", "revoke pg_monitor from " + LeastRights.CONTROL);

                // when
                var rows = failures(lab);
                var report = lab.accepting("sees_sessions", "green");

                // then
                assertThat(rows)
                        .singleElement()
                        .returns(name, Check::server)
                        .returns(true, Check::unsafe)
                        .returns("pm lacks: seeing other sessions", Check::finding);
                assertThat(report.ending().outcome()).isEqualTo(Outcome.REFUSED);
                assertThat(report.ending().message())
                        .contains(
                                "sees_sessions: on %s: the control role cannot see the sessions of others. GRANT pg_read_all_stats TO"
                                        .formatted(name));
                assertThat(report.pause().clients().held()).isZero();

                // and either mend does
                server.execute(
                        "postgres",
                        name.equals("blue")
                                ? rows.getFirst().mend()
                                : "grant pg_read_all_stats to " + LeastRights.CONTROL);
                assertThat(failures(lab)).isEmpty();
            }
            CrossingLab.switched(lab.to("green"));
        }
    }

    private static List<Check> failures(CrossingLab lab) throws Refused {
        return lab.proxy().migrations().check(servers.database(), "green").stream()
                .filter(row -> row.id().equals("rights") && row.verdict() == Check.Verdict.FAIL)
                .toList();
    }
}
