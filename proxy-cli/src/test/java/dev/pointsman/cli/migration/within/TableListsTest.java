package dev.pointsman.cli.migration.within;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.migration.Check;
import dev.pointsman.core.migration.Check.Verdict;
import dev.pointsman.core.migration.MigrationState;
import dev.pointsman.core.migration.ReverseState;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/// A table that somebody makes on both servers during a migration: it is found out, and what is
/// said to mend it does.
@Tag("real")
class TableListsTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    private static final Pattern PART = Pattern.compile("on (blue|green): (.*?)(?=; then on|$)");
    private static final Pattern STATEMENT =
            Pattern.compile(
                    "SET default_transaction_read_only = off|ALTER (PUBLICATION|SUBSCRIPTION)"
                            + " [^;(]*[^;( .](\\.[^;( ]+| \\([^)]*\\))?");
    private static final int MENDS_MAX = 6;

    @TempDir Path state;

    private static List<Check> failing(CrossingLab lab) throws Exception {
        return lab.proxy().migrations().check(servers.database(), "green").stream()
                .filter(row -> row.id().equals("table-lists") && row.verdict() != Verdict.PASS)
                .toList();
    }

    /// Runs the statements of a mend, word for word.
    private static void carryOut(String mend) throws SQLException {
        var parts = PART.matcher(mend);
        while (parts.find()) {
            var server = parts.group(1).equals("blue") ? servers.source() : servers.target();
            try (var connection = server.connect(servers.database());
                    var statement = connection.createStatement()) {
                var statements = STATEMENT.matcher(parts.group(2));
                while (statements.find()) {
                    statement.execute(statements.group());
                }
            }
        }
    }

    private static void mendAll(CrossingLab lab) throws Exception {
        for (int i = 0; i < MENDS_MAX && !failing(lab).isEmpty(); i++) {
            carryOut(failing(lab).getFirst().mend());
        }
        assertThat(failing(lab)).isEmpty();
    }

    private static void add(String table) throws SQLException {
        for (var server : servers.all()) {
            server.execute(
                    servers.database(),
                    "begin; set transaction read write; create table %1$s (id int primary key);"
                                    .formatted(table)
                            + " grant all on %s to %s; commit".formatted(table, CrossingLab.USER));
        }
        servers.source().execute(servers.database(), "insert into " + table + " values (1)");
    }

    private static void await(CrossingLab lab, MigrationState wanted) {
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .until(
                        () -> {
                            var status = lab.proxy().migrations().status(servers.database());
                            return status.state() == wanted
                                    && status.reverse() == ReverseState.READY;
                        });
    }

    private static void isNotReadyFor(CrossingLab lab, String table) throws Exception {
        var words = "table public." + table + " is not published on blue";
        var status = lab.proxy().migrations().status(servers.database());
        assertThat(status.state()).isEqualTo(MigrationState.COPYING);
        assertThat(status.message()).contains(words);
        assertThat(failing(lab)).extracting(Check::finding).contains(words);
        assertThat(lab.to("green").ending().message()).contains(words);
    }

    private static void thereAndBackWith(CrossingLab lab, String table) throws Exception {
        await(lab, MigrationState.READY);
        CrossingLab.switched(lab.to("green"));
        await(lab, MigrationState.SWITCHED);
        try (var client = lab.connect();
                var statement = client.createStatement()) {
            statement.execute("insert into " + table + " values (2)");
        }
        CrossingLab.switched(lab.back());
        assertThat(servers.source().column(servers.database(), "table " + table))
                .containsExactly("1", "2");
        await(lab, MigrationState.READY);
    }

    @Test
    void isMendedBeforeACutoverAndAfterOneAndTravelsBothWays() throws Exception {
        CrossingLab.lay(servers);
        try (var lab = CrossingLab.start(servers, state, Setup.of("transaction"), _ -> {})) {
            await(lab, MigrationState.READY);
            // given: no cutover yet
            add("early");
            // then
            isNotReadyFor(lab, "early");
            assertThat(failing(lab).getFirst().mend())
                    .contains("MIGRATE " + servers.database() + " ABORT");
            mendAll(lab);
            thereAndBackWith(lab, "early");

            // given: one has been
            add("late");
            // then
            isNotReadyFor(lab, "late");
            assertThat(failing(lab).getFirst().mend()).doesNotContain("ABORT", "MIGRATE");
            mendAll(lab);
            thereAndBackWith(lab, "late");
        } finally {
            CrossingLab.liftFences(servers);
        }
    }

    @Test
    void aWayBackThatLacksATableShowsBeforeTheCutover() throws Exception {
        CrossingLab.lay(servers);
        try (var lab = CrossingLab.start(servers, state, Setup.of("transaction"), _ -> {})) {
            await(lab, MigrationState.READY);

            // when
            servers.target()
                    .execute(
                            servers.database(),
                            "alter publication pointsman_%s_1_back drop table note"
                                    .formatted(servers.database()));

            // then
            var words = "table public.note is not published on green";
            var status = lab.proxy().migrations().status(servers.database());
            assertThat(status.state()).isEqualTo(MigrationState.COPYING);
            assertThat(status.reverse()).isEqualTo(ReverseState.BROKEN);
            assertThat(lab.to("green").ending().message()).contains(words);
            mendAll(lab);
            await(lab, MigrationState.READY);
        }
    }

    @Test
    void aPartitionedTableThatSomebodyPublishedStandsForItsPartitions() throws Exception {
        CrossingLab.lay(servers);
        try (var lab = CrossingLab.start(servers, state, Setup.of("transaction"), _ -> {})) {
            await(lab, MigrationState.READY);
            // given
            for (var server : servers.all()) {
                server.execute(
                        servers.database(),
                        """
                        create table measured (at int, place text) partition by range (at);
                        create table measured_early partition of measured for values from (0) to (9)
                         partition by list (place);
                        create table measured_here partition of measured_early for values in ('h');
                        create table measured_late partition of measured for values from (9) to (99)\
                        """);
            }
            assertThat(failing(lab))
                    .extracting(Check::finding)
                    .anyMatch(finding -> finding.contains("is not published"));

            // when
            var publish = "alter publication pointsman_%s_1%s add table measured";
            servers.source().execute(servers.database(), publish.formatted(servers.database(), ""));
            servers.target()
                    .execute(servers.database(), publish.formatted(servers.database(), "_back"));

            // then
            assertThat(failing(lab))
                    .isNotEmpty()
                    .extracting(Check::finding)
                    .allMatch(finding -> finding.contains("is published"));
            mendAll(lab);
        }
    }
}
