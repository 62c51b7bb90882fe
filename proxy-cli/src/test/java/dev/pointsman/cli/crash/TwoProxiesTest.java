package dev.pointsman.cli.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pointsman.cli.MainProcess;
import dev.pointsman.cli.cutover.CrossingLab;
import dev.pointsman.cli.real.RealServers;
import dev.pointsman.core.cutover.report.Outcome;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;

/// Two proxies in front of the same servers cannot hold their clients together: while both live,
/// neither moves anything.
@Tag("real")
class TwoProxiesTest {
    @RegisterExtension static final RealServers servers = RealServers.shared(14, 18);

    @TempDir Path folder;
    private CrashLab lab;

    @BeforeEach
    void open() throws Exception {
        CrossingLab.lay(servers);
        lab =
                CrashLab.over(
                        servers,
                        folder,
                        new CrossingLab.Ports(servers.source().port(), servers.target().port()),
                        CrossingLab.Setup.of("transaction").cutover("strangers: terminate"));
    }

    @AfterEach
    void close() throws Exception {
        lab.close();
        CrossingLab.liftFences(servers);
    }

    private static void isRefused(Doomed by, String command, String naming) {
        assertThatThrownBy(() -> by.order(command))
                .as(command)
                .isInstanceOfSatisfying(
                        SQLException.class,
                        e -> assertThat(e.getSQLState()).as(e.getMessage()).startsWith("55"))
                .hasMessageContaining(naming);
    }

    private String instance(Path state) throws Exception {
        return Files.readString(state.resolve("instance")).trim().substring("1 ".length());
    }

    @Test
    void neitherMovesAnythingWhileTheOtherLives() throws Exception {
        // given
        lab.restart();
        lab.awaitWrites();
        var first = lab.living();
        try (var second = Doomed.serve(folder, lab.another("second"))) {
            var names =
                    List.of(instance(folder.resolve("state")), instance(folder.resolve("second")));
            CrashLab.awaiting("heartbeats of both")
                    .until(
                            () ->
                                    servers.source()
                                            .column(
                                                    servers.database(),
                                                    "select instance from pointsman.heartbeat")
                                            .containsAll(names));
            try (var client = CrossingLab.connect(second.port(), servers.database());
                    var statement = client.createStatement()) {
                statement.execute("select 1");

                // then
                for (var command :
                        List.of("CUTOVER %s TO green", "MIGRATE %s TO green", "PAUSE %s")) {
                    isRefused(first, command.formatted(servers.database()), names.getLast());
                    isRefused(second, command.formatted(servers.database()), names.getFirst());
                }
                statement.execute("insert into account values (1, 1)");
                lab.awaitWrites();
                assertThat(lab.route()).containsEntry("server", "blue");
            }
        }

        // when: the second is gone, and its heartbeat grows old by itself
        CrashLab.awaiting("a cutover by the one that is left")
                .ignoreExceptionsMatching(e -> e instanceof SQLException)
                .until(() -> !first.order("CUTOVER " + servers.database() + " TO green").isEmpty());

        // then
        lab.heldAndDrained(Outcome.SWITCHED);
        lab.awaitServing("green");
        lab.awaitWrites();
        assertThat(lab.faults("green")).isEmpty();
    }

    @Test
    void anAttemptOfAnotherLivingProxyIsNotSettledByThisOne() throws Exception {
        // given
        servers.source()
                .execute(
                        servers.database(),
                        """
                        insert into pointsman.record (epoch, version, attempt, databases, server,
                               kind, instance)
                        values (1, 1, 1, array[current_database()], 'green', 'open', 'another one');
                        insert into pointsman.heartbeat values ('another one', now() + '1 day')\
                        """);

        // when
        lab.restart();

        // then
        assertThat(lab.route()).containsEntry("state", "undecided");
        assertThat(lab.repair("").getFirst()).contains("another instance that was alive");
        servers.source()
                .execute(
                        servers.database(),
                        "update pointsman.heartbeat set at = now() - interval '1 hour'"
                                + " where instance = 'another one'");
        lab.awaitServing("blue");
        lab.awaitWrites();
        assertThat(
                        servers.source()
                                .column(
                                        servers.database(),
                                        "select epoch || kind from pointsman.record order by"
                                                + " epoch"))
                .containsExactly("1open", "2undone");
    }

    @Test
    void anAttemptOfAnotherProxyIsNotSettledWhileNobodyCanTellWhetherThatLives() throws Exception {
        // given
        servers.source()
                .execute(
                        servers.database(),
                        """
                        insert into pointsman.record (epoch, version, attempt, databases, server,
                               kind, instance)
                        values (1, 1, 1, array[current_database()], 'green', 'open', 'another one');
                        alter table pointsman.heartbeat rename column at to beaten\
                        """);

        // when
        lab.restart();

        // then
        assertThat(lab.route()).containsEntry("state", "undecided");
        assertThat(lab.repair("").getFirst()).contains("may be alive", "blue cannot be asked");
        servers.source()
                .execute(
                        servers.database(),
                        "alter table pointsman.heartbeat rename column beaten to at");
        lab.awaitServing("blue");
        lab.awaitWrites();
    }

    @Test
    void aSecondProcessOnTheSameStateFolderSaysSoInOneLine() throws Exception {
        // given
        lab.restart();
        var elsewhere = lab.onAnotherPort();

        // when
        try (var second = MainProcess.start(folder, "serve", "-c", elsewhere.toString())) {

            // then
            assertThat(second.awaitEnd()).isEqualTo(1);
            assertThat((second.output() + second.error()).strip().lines())
                    .singleElement()
                    .asString()
                    .contains("state folder", "in use by process " + lab.living().pid());
        }
        lab.awaitWrites();
    }
}
