package dev.pointsman.cli.cutover.behind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.report.Stage;
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

/// What CHECK says blocks a cutover does, unless it is accepted.
@Tag("real")
class AcceptedTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension final LaidServers laid = new LaidServers(servers);

    @TempDir Path state;

    private final Setup setup = Setup.of("transaction").cutover("attempts: 1, hold_limit: 20s");

    private CrossingLab start(Setup how) throws Exception {
        return CrossingLab.start(servers, state, how, Step.Watch.NONE);
    }

    /// The failures of that check, of those that CHECK shows.
    private static List<Check> failures(CrossingLab lab, String id) throws Refused {
        return lab.proxy().migrations().check(servers.database(), "green").stream()
                .filter(row -> row.id().equals(id) && row.verdict() == Check.Verdict.FAIL)
                .toList();
    }

    private static void refusedUntilAccepted(CrossingLab lab, String id) throws Refused {
        assertThat(failures(lab, id)).extracting(Check::blocks).containsOnly(Check.Blocks.CUTOVER);
        var refused = lab.to("green");
        assertThat(refused.ending().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(refused.ending().message()).contains(id + ": on ", "blue still serves");
        assertThat(lab.accepting("lag", "green").ending().outcome()).isEqualTo(Outcome.REFUSED);

        // when
        var report = lab.accepting(id, "green");

        // then
        assertThat(report.ending().outcome())
                .as(report.ending().message())
                .isEqualTo(Outcome.SWITCHED);
        assertThat(report.asked().accepted()).containsExactly(id);
        assertThat(report.ending().warnings()).anyMatch(it -> it.startsWith("accepted: " + id));
    }

    @Test
    void aTargetDatabaseThatIsReadOnlyByDefaultIsRefusedUntilAccepted() throws Exception {
        servers.target()
                .execute(
                        "postgres",
                        "alter database "
                                + servers.database()
                                + " set default_transaction_read_only = on");
        try (var lab = start(setup);
                var client = lab.connect()) {
            client.createStatement().execute("select 1");
            refusedUntilAccepted(lab, "read-only");
        }
    }

    @Test
    void aMigrationThatWasBegunWithoutAWayBackHasNone() throws Exception {
        for (var server : servers.all()) {
            server.execute(servers.database(), "update pointsman.migration set back = false");
        }
        try (var lab = start(setup)) {
            CrossingLab.switched(lab.to("green"));

            // when, then
            assertThatThrownBy(lab::back)
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> {
                                assertThat(refused.report().message())
                                        .contains("begun without a way back");
                                assertThat(refused.report().hint())
                                        .isEqualTo(
                                                "MIGRATE %s COMPLETE ends it."
                                                        .formatted(servers.database()));
                            });
        }
    }

    private static void superuser(boolean is) throws SQLException {
        for (var server : servers.all()) {
            server.execute(
                    "postgres",
                    "alter role " + CrossingLab.USER + (is ? " superuser" : " nosuperuser"));
        }
    }

    @Test
    void anApplicationThatLogsInAsASuperuserIsRefusedUntilAccepted() throws Exception {
        superuser(true);
        try (var lab = start(setup)) {
            refusedUntilAccepted(lab, "superuser-logins");
        } finally {
            superuser(false);
        }
    }

    /// There is no installation that could do without it.
    @Test
    void clientsThatMayLogInAsTheControlRoleAreAFailureThatBlocksNothing() throws Exception {
        superuser(true);
        try (var lab = start(setup.control(CrossingLab.USER, "secret"))) {
            assertThat(failures(lab, "superuser-logins"))
                    .extracting(Check::blocks)
                    .containsExactly(Check.Blocks.NONE);

            // when, then
            var report = lab.to("green");
            assertThat(report.ending().outcome())
                    .as(report.ending().message())
                    .isEqualTo(Outcome.SWITCHED);
        } finally {
            superuser(false);
        }
    }

    /// Nobody is connected, so that no connection is warmed that could tell.
    @Test
    void aUserWhoCannotLogInOnTheTargetStopsACutover() throws Exception {
        servers.target().execute("postgres", "alter role " + CrossingLab.USER + " nologin");
        try (var lab = start(setup)) {
            // when
            var found = failures(lab, "app-logins");
            var report = lab.to("green");

            // then
            assertThat(found).singleElement().satisfies(AcceptedTest::namesTheUser);
            assertThat(report.ending().outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(report.ending().message()).contains("app-logins", CrossingLab.USER, "green");
            assertThat(report.ending().stage()).isEqualTo(Stage.CHECK);

            // and a user who can log in nowhere has nothing to lose
            servers.source().execute("postgres", "alter role " + CrossingLab.USER + " nologin");
            assertThat(failures(lab, "app-logins")).isEmpty();
        } finally {
            for (var server : servers.all()) {
                server.execute("postgres", "alter role " + CrossingLab.USER + " login");
            }
        }
    }

    /// The attempts of one cutover look again and again, minutes after one another.
    @Test
    void oneCutoverTriesALoginOnce() throws Exception {
        try (var lab = start(setup)) {
            var preflight = preflight(lab);
            assertThat(preflight.againstCutover("app-logins")).isEmpty();

            // when
            servers.target().execute("postgres", "alter role " + CrossingLab.USER + " nologin");

            // then
            assertThat(preflight.againstCutover("app-logins")).isEmpty();
            assertThat(preflight(lab).againstCutover("app-logins")).hasSize(1);
        } finally {
            servers.target().execute("postgres", "alter role " + CrossingLab.USER + " login");
        }
    }

    private Preflight preflight(CrossingLab lab) {
        var clusters = lab.proxy().clusters();
        return new Preflight(
                clusters.instance(),
                clusters.of(servers.database(), "blue"),
                clusters.of(servers.database(), "green"));
    }

    private static void namesTheUser(Check row) {
        assertThat(row.server()).isEqualTo("green");
        assertThat(row.finding()).contains(CrossingLab.USER, "not permitted to log in");
        assertThat(row.mend()).contains("ALTER ROLE", CrossingLab.USER);
    }
}
