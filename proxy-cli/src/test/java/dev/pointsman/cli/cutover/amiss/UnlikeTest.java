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
import dev.pointsman.core.wire.Refused;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/// A target that has become unlike the source in what clients need: what CHECK says of it stops a
/// cutover too.
@Tag("real")
class UnlikeTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension
    final LaidServers laid =
            new LaidServers(
                    servers, Setup.of("transaction").cutover("attempts: 1, hold_limit: 20s"));

    @TempDir Path state;

    private static void on(RealServer server, String sql) throws SQLException {
        server.execute(servers.database(), sql);
    }

    private static List<Check> failures(CrossingLab lab, String target, String id) throws Refused {
        return lab.proxy().migrations().check(servers.database(), target).stream()
                .filter(row -> row.id().equals(id) && row.verdict() == Check.Verdict.FAIL)
                .filter(row -> row.blocks() == Check.Blocks.CUTOVER)
                .toList();
    }

    private static void refused(Report report, String... words) {
        assertThat(report.ending().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(report.ending().message()).contains(words);
        assertThat(report.pause().clients().held()).isZero();
    }

    private static void switched(Report report) {
        assertThat(report.ending().outcome())
                .as(report.ending().message())
                .isEqualTo(Outcome.SWITCHED);
    }

    @Test
    void aColumnThatTheTargetLacksStopsACutoverWhateverIsAccepted() throws Exception {
        try (var lab = laid.lab(state)) {
            // given
            on(servers.source(), "alter table note add column added int");

            // when, then: the same words
            var finding = "1 differences from the source: public.note has no column added";
            assertThat(failures(lab, "green", "schema"))
                    .extracting(Check::finding)
                    .containsExactly(finding);
            refused(lab.to("green"), "schema: on green: " + finding);
            refused(lab.accepting("schema", "green"), finding);

            // and once it is there
            on(servers.target(), "alter table note add column added int");
            switched(lab.to("green"));
        }
    }

    @Test
    void aColumnThatTheTargetHasBesidesMayBeAccepted() throws Exception {
        try (var lab = laid.lab(state)) {
            // given
            on(servers.target(), "alter table note add column besides int");

            // when, then
            refused(lab.to("green"), "schema: on green: ", "note has other columns: besides");
            switched(lab.accepting("schema", "green"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    create view made as select 1 as a               | view public.made is missing
                    create materialized view made as select 1 as a  | materialized view public.made is missing
                    create unlogged table made (id int)             | unlogged table public.made is missing
                    create table made (id int) partition by hash (id) | partitioned table public.made is missing
                    create function made(a text, b int default 1) returns int language sql as 'select 1' | function public.made(text, integer) is missing
                    create procedure made(a int) language sql as 'select 1' | procedure public.made(integer) is missing
                    create type made as enum ('a')                  | type public.made is missing
                    create type made as (a int)                     | type public.made is missing
                    create domain made as int                       | type public.made is missing
                    create unique index on note (writer, number)    | public.note has no unique index on number, writer
                    create unique index on note ((number + 1))      | public.note has no unique index on an expression
                    """,
            quoteCharacter = '~')
    void whatElseTheTargetLacksStopsACutoverUntilItIsMade(String ddl, String words)
            throws Exception {
        try (var lab = laid.lab(state)) {
            // given
            on(servers.source(), ddl);

            // when, then
            assertThat(failures(lab, "green", "schema"))
                    .singleElement()
                    .satisfies(row -> assertThat(row.finding()).contains(words));
            refused(lab.to("green"), "schema: on green: ", words);

            // and once it is there
            on(servers.target(), ddl);
            switched(lab.to("green"));
        }
    }

    @Test
    void whatElseTheTargetLacksMayBeAccepted() throws Exception {
        try (var lab = laid.lab(state)) {
            // given
            on(servers.source(), "create view made as select 1 as a");

            // when, then
            refused(lab.to("green"), "view public.made is missing");
            switched(lab.accepting("schema", "green"));
        }
    }

    /// Rows of a partition that is not attached are not found through its table, and none that
    /// belongs there can be written.
    @Test
    void aPartitionThatIsAttachedOnOneSideOnlyStopsACutover() throws Exception {
        try (var lab = laid.lab(state)) {
            // given
            for (var server : servers.all()) {
                on(server, "create table whole (id int primary key) partition by range (id)");
                on(server, "create table half (id int primary key)");
                on(server, "create type made as enum ('a', 'b')");
            }
            var attach = "alter table whole attach partition half for values from (0) to (9)";
            on(servers.source(), attach);
            refused(
                    lab.to("green"),
                    "public.half is not attached to public.whole FOR VALUES FROM (0) TO (9)");

            // when
            on(servers.target(), attach);
            on(servers.source(), "alter table whole detach partition half");

            // then
            refused(lab.to("green"), "public.half is attached to public.whole FOR VALUES");

            // and labels that are more on the target are in nobody's way, others are
            on(servers.target(), "alter table whole detach partition half");
            on(servers.target(), "alter type made add value 'c' before 'b'");
            assertThat(failures(lab, "green", "schema")).isEmpty();
            on(servers.source(), "alter type made add value 'd'");
            refused(lab.to("green"), "type public.made has no label d");
        }
    }

    @Test
    void aRightThatTheTargetDoesNotGiveIsNamedWithItsGrant() throws Exception {
        try (var lab = laid.lab(state)) {
            // given
            on(servers.target(), "revoke insert, delete on note from " + CrossingLab.USER);
            on(servers.target(), "revoke usage on sequence entry_id_seq from " + CrossingLab.USER);

            // when
            var found = failures(lab, "green", "app-rights");

            // then
            assertThat(found).hasSize(1);
            assertThat(found.getFirst().finding())
                    .contains(
                            CrossingLab.USER + " has no INSERT, DELETE on table public.note",
                            CrossingLab.USER + " has no USAGE on sequence public.entry_id_seq");
            refused(lab.to("green"), "rights: on green: " + found.getFirst().finding());

            // and what it says mends it
            on(servers.target(), found.getFirst().mend());
            assertThat(failures(lab, "green", "app-rights")).isEmpty();
            switched(lab.to("green"));
        }
    }

    /// Given through everybody, a role or a superuser: what counts is what the user may do.
    @Test
    void aRightThatIsGivenInAnotherWayIsNotMissed() throws Exception {
        try (var lab = laid.lab(state)) {
            // given
            on(servers.target(), "revoke all on note from " + CrossingLab.USER);
            refused(lab.to("green"), "rights: on green: ");

            // when
            on(servers.target(), "grant all on note to public");

            // then
            assertThat(failures(lab, "green", "app-rights")).isEmpty();
            switched(lab.to("green"));
        }
    }

    @Test
    void aRightThatIsMissingMayBeAccepted() throws Exception {
        try (var lab = laid.lab(state)) {
            // given
            on(servers.target(), "revoke insert on note from " + CrossingLab.USER);

            // when, then
            switched(lab.accepting("app-rights", "green"));
        }
    }

    @Test
    void aLargeObjectThatTheTargetLacksStopsACutoverAndTheWayBack() throws Exception {
        try (var lab = laid.lab(state)) {
            // given
            on(servers.source(), "select lo_from_bytea(n, 'x') from generate_series(1, 3000) n");
            on(servers.target(), "select lo_from_bytea(n, 'x') from generate_series(1, 5000) n");
            on(servers.source(), "select lo_from_bytea(4000000123, 'precious')");

            // when, then: that one alone
            var finding = "large objects of the source are missing, such as 4000000123";
            assertThat(failures(lab, "green", "large-objects"))
                    .extracting(Check::finding)
                    .containsExactly(finding);
            refused(lab.to("green"), "large-objects: on green: " + finding);

            // and once it is there, however many more are
            on(servers.target(), "select lo_from_bytea(4000000123, 'precious')");
            switched(lab.to("green"));

            // and on the way back it is these that the other server lacks
            Awaitility.await("the way back")
                    .atMost(Duration.ofMinutes(2))
                    .untilAsserted(
                            () ->
                                    refused(
                                            lab.back(),
                                            "large-objects: on blue: large objects of the source"
                                                    + " are missing, such as 3001, 3002, "));
        }
    }

    /// A fence lets nobody try; the way back is refused all the same.
    @Test
    void aUserWhoMayNotLogInBehindTheFenceStopsTheWayBack() throws Exception {
        try (var lab = laid.lab(state)) {
            // given
            switched(lab.to("green"));
            servers.source().execute("postgres", "alter role " + CrossingLab.USER + " nologin");
            try {
                // when
                var report = lab.back();

                // then
                refused(report, "app-logins: on blue: ", CrossingLab.USER, "ALTER ROLE");
            } finally {
                servers.source().execute("postgres", "alter role " + CrossingLab.USER + " login");
            }

            // and with them in again
            Awaitility.await("the way back")
                    .atMost(Duration.ofMinutes(2))
                    .untilAsserted(() -> switched(lab.back()));
        }
    }
}
