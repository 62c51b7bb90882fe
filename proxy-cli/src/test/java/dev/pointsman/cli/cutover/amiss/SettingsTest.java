package dev.pointsman.cli.cutover.amiss;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.report.Outcome;
import dev.pointsman.core.cutover.report.Report;
import dev.pointsman.core.migration.Check;
import dev.pointsman.core.migration.Check.Verdict;
import dev.pointsman.core.migration.preflight.Preflight;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/// Settings that are stored for roles and databases, on one server and not on the other.
@Tag("real")
class SettingsTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    private static final String USER = CrossingLab.USER;
    private static final String ALL =
            "select concat_ws('|', current_setting('search_path'),"
                    + " current_setting('intervalstyle'), current_setting('app.tenant', true),"
                    + " current_setting('bytea_output'), current_setting('temp_tablespaces'))";

    @RegisterExtension
    final LaidServers laid =
            new LaidServers(
                    servers,
                    Setup.of("session").cutover("attempts: 1").more("auth: {type: trust}"));

    @TempDir Path state;

    @AfterEach
    void forget() throws SQLException {
        for (var server : servers.all()) {
            on(server, "alter role %1$s reset all; alter role all reset all");
        }
    }

    /// With the user and the database in the text.
    private static void on(RealServer server, String sql) throws SQLException {
        server.execute("postgres", sql.formatted(USER, servers.database()));
    }

    private static List<Check> found(CrossingLab lab, Verdict verdict) throws Exception {
        return lab.proxy().migrations().check(servers.database(), "green").stream()
                .filter(row -> row.id().equals("app-settings") && row.verdict() == verdict)
                .toList();
    }

    private static void refused(Report report, String... words) {
        assertThat(report.ending().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(report.ending().message()).contains(words);
        assertThat(report.pause().clients().held()).isZero();
    }

    private static String ask(Connection session, String sql) throws SQLException {
        try (var statement = session.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return String.valueOf(rows.getString(1));
        }
    }

    @Test
    void aSessionKeepsItsSettingsOverACutoverOnceTheMendHasBeenRun() throws Exception {
        for (var server : servers.all()) {
            server.execute(servers.database(), "create schema \"Ta, \"\"b\"");
        }
        on(
                servers.source(),
                """
                alter role %1$s in database %2$s set search_path = "Ta, ""b", "$user", public;
                alter database %2$s set intervalstyle = 'sql_standard';
                alter database %2$s set temp_tablespaces = '';
                alter role %1$s set app.tenant = E'it''s a \\\\ "x", y';
                alter role all set bytea_output = 'escape'\
                """);
        on(servers.target(), "alter role %1$s in database %2$s set bytea_output = 'hex'");
        try (var lab = laid.lab(state);
                var session = lab.connect()) {
            // given
            var before = ask(session, ALL);
            assertThat(before)
                    .isEqualTo(
                            "\"Ta, \"\"b\", \"$user\", public|sql_standard|it's a \\ \"x\","
                                    + " y|escape|\"\"");

            // when
            var failures = found(lab, Verdict.FAIL);

            // then: all that tell are named, and stop it
            assertThat(failures).hasSize(1);
            var failure = failures.getFirst();
            assertThat(failure.blocks()).isEqualTo(Check.Blocks.CUTOVER);
            assertThat(failure.unsafe()).isFalse();
            assertThat(failure.finding())
                    .contains(
                            "search_path of " + USER, "IntervalStyle of " + USER, "app.tenant of");
            refused(lab.to("green"), "app-settings: on green: " + failure.finding());

            // and what it says mends it
            servers.target().execute("postgres", failure.mend());
            found(lab, Verdict.WARN)
                    .forEach(
                            row ->
                                    assertThat(row.finding())
                                            .contains("temp_tablespaces of " + USER));
            servers.target().execute("postgres", found(lab, Verdict.WARN).getFirst().mend());
            assertThat(found(lab, Verdict.PASS)).hasSize(1);
            CrossingLab.switched(lab.to("green"));
            assertThat(ask(session, ALL)).isEqualTo(before);
            try (var other = lab.connect()) {
                assertThat(ask(other, ALL)).isEqualTo(before);
            }
        }
    }

    @Test
    void aSettingThatChangesNoAnswerWarnsOnly() throws Exception {
        try (var lab = laid.lab(state)) {
            // given
            on(servers.source(), "alter role %1$s set work_mem = '8MB'");

            // when
            var warnings = found(lab, Verdict.WARN);

            // then
            assertThat(warnings)
                    .singleElement()
                    .satisfies(row -> assertThat(row.finding()).contains("work_mem of " + USER))
                    .extracting(Check::mend)
                    .isEqualTo("ALTER ROLE \"" + USER + "\" SET work_mem TO '8MB'");
            CrossingLab.switched(lab.to("green"));
        }
    }

    /// What the target's version does not have cannot be set there.
    @Test
    void aSettingThatTheTargetDoesNotKnowStopsNoWayBack() throws Exception {
        try (var lab = laid.lab(state)) {
            // given
            CrossingLab.switched(lab.to("green"));
            on(servers.target(), "alter role %1$s set transaction_timeout = '1h'");
            on(servers.target(), "alter role %1$s set statement_timeout = '1h'");

            // when, then
            Awaitility.await("what stops the way back is the other one")
                    .atMost(Duration.ofMinutes(2))
                    .untilAsserted(
                            () ->
                                    refused(
                                            lab.back(),
                                            "app-settings: on blue: 1 ",
                                            "statement_timeout of " + USER));
            on(servers.source(), "alter role %1$s set statement_timeout = '1h'");
            Awaitility.await("the way back")
                    .atMost(Duration.ofMinutes(2))
                    .untilAsserted(() -> CrossingLab.switched(lab.back()));
        }
    }

    /// Wherever the settings are stored: it is told where sessions differ and nowhere else, and the
    /// mend makes them alike.
    @Test
    void whatCountsIsWhatSessionsGet() throws Exception {
        try (var lab = laid.lab(state)) {
            var clusters = lab.proxy().clusters();
            var preflight =
                    new Preflight(
                            clusters.instance(),
                            clusters.of(servers.database(), "blue"),
                            clusters.of(servers.database(), "green"));
            for (int here = 0; here < 8; here++) {
                for (int there = 0; there < 8; there++) {
                    // given
                    store(servers.source(), here);
                    store(servers.target(), there);
                    var alike = value(servers.source()).equals(value(servers.target()));

                    // when
                    var found = preflight.againstCutover("app-settings");

                    // then
                    assertThat(found.isEmpty()).as("%d and %d", here, there).isEqualTo(alike);
                    for (var row : found) {
                        servers.target().execute("postgres", row.mend());
                        assertThat(value(servers.target()))
                                .as("%d and %d: %s", here, there, row.mend())
                                .isEqualTo(value(servers.source()));
                    }
                }
            }
            assertThat(preflight.againstCutover("app-settings")).isEmpty();
        }
    }

    /// Each bit is a place.
    private static void store(RealServer server, int places) throws SQLException {
        on(
                server,
                "alter role %1$s in database %2$s"
                        + ((places & 1) == 0 ? " reset app.x" : " set app.x = 'both'")
                        + "; alter role %1$s"
                        + ((places & 2) == 0 ? " reset app.x" : " set app.x = 'role'")
                        + "; alter database %2$s"
                        + ((places & 4) == 0 ? " reset app.x" : " set app.x = 'database'"));
    }

    private static String value(RealServer server) throws SQLException {
        try (var session = server.connect(servers.database(), USER, "secret")) {
            return ask(session, "select coalesce(current_setting('app.x', true), '')");
        }
    }
}
