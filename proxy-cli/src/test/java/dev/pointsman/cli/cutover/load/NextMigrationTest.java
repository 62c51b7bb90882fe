package dev.pointsman.cli.cutover.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pointsman.cli.cutover.At;
import dev.pointsman.cli.cutover.Console;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.cutover.CrossingLab.Setup;
import dev.pointsman.cli.cutover.LaidServers;
import dev.pointsman.cli.cutover.Ledger;
import dev.pointsman.cli.cutover.Writers;
import dev.pointsman.cli.real.RealServer;
import dev.pointsman.cli.real.RealServers;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/// One process, two migrations: to green and, that one completed, back to blue by one of its own.
/// All by commands, while clients write.
@Tag("real")
class NextMigrationTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @RegisterExtension
    final LaidServers laid = new LaidServers(servers, NextMigrationTest::layTables);

    @TempDir Path state;

    private final At at = new At();

    /// The same tables on both servers, and nothing of ours.
    private static void layTables(RealServers servers) throws SQLException {
        CrossingLab.createUser(servers);
        for (var server : servers.all()) {
            server.execute(servers.database(), CrossingLab.DDL);
        }
    }

    @Test
    void aSecondMigrationLeadsBackInTheSameProcessAndNothingIsLost() throws Exception {
        var setup = Setup.of("transaction").cutover("drain_timeout: 30s, hold_limit: 60s");
        try (var lab = CrossingLab.start(servers, state, setup, at);
                var console = Console.before(lab.proxy());
                var inside = lab.connect();
                var writers = new Writers(8, lab::connect)) {
            moreWrites(writers);

            // when
            at.straddle(inside);
            cross(console, "green");
            at.verify();
            moreWrites(writers);
            assertThat(column(console, "MIGRATE %s COMPLETE", "left_to_do")).isNotEmpty();
            moreWrites(writers);

            // and: what CHECK says of the old rows on blue is done
            assertThat(console.say(command("MIGRATE %s TO blue START")))
                    .contains("tables hold rows already");
            emptyBlue();
            cross(console, "blue");
            moreWrites(writers);
            writers.stop();

            // then
            assertThat(writers.errors()).isEmpty();
            assertThat(lab.serving()).isEqualTo("blue");
            assertThat(column(console, "SHOW CUTOVERS %s", "outcome"))
                    .containsExactly("switched", "switched");
            assertThat(column(console, "SHOW CUTOVERS %s", "held"))
                    .as("clients held, over both cutovers")
                    .anyMatch(held -> Integer.parseInt(held) > 0);
            assertThat(lab.proxy().cutovers().reports())
                    .as("transactions drained, over both cutovers")
                    .anyMatch(report -> report.pause().clients().drained() > 0);
            assertThat(Ledger.faults(writers, servers.source(), servers.database())).isEmpty();
            assertThat(isOpen(servers.source())).isTrue();
            assertThat(isOpen(servers.target())).isFalse();
        }
    }

    private static void emptyBlue() throws SQLException {
        try (var connection = servers.source().connect(servers.database());
                var statement = connection.createStatement()) {
            statement.execute("set default_transaction_read_only = off");
            statement.execute("truncate entry, note, account");
        }
    }

    private static String command(String words) {
        return words.formatted(servers.database());
    }

    private static List<String> column(Console console, String words, String name)
            throws SQLException {
        return console.column(command(words), name);
    }

    /// A migration there, and the cutover.
    private static void cross(Console console, String to) throws SQLException {
        assertThat(console.say(command("MIGRATE %s TO " + to + " START"))).isEqualTo("ok");
        Awaitility.await("the migration to " + to)
                .atMost(Duration.ofMinutes(2))
                .until(() -> state(console).equals(List.of("ready")));
        assertThat(console.say(command("CUTOVER %s TO " + to))).isEqualTo("ok");
        Awaitility.await("the way back from " + to)
                .atMost(Duration.ofMinutes(2))
                .until(() -> state(console).equals(List.of("switched")));
    }

    private static List<String> state(Console console) throws SQLException {
        var states = column(console, "SHOW MIGRATION", "state");
        assertThat(states).as("a migration's state").doesNotContain("failed");
        return states;
    }

    /// Whether applications are let in past the proxy.
    private static boolean isOpen(RealServer server) {
        try {
            server.connect(servers.database(), CrossingLab.USER, "").close();
            return true;
        } catch (SQLException _) {
            return false;
        }
    }

    private static void moreWrites(Writers writers) {
        var now = writers.acknowledged();
        Awaitility.await("writers to go on")
                .atMost(Duration.ofMinutes(2))
                .until(() -> writers.acknowledged() > now + 5 * writers.count());
    }
}
